using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Grap.Bolt;
using Grap.Configuration;
using Grap.Repositories;
using Grap.Tests.Unit.Archives;
using Xunit;

namespace Grap.Tests.Unit.Fuzz;

/// <summary>Small files and settings that anybody may have written: read, or refused as documented; and no refusal
/// repeats a secret.</summary>
public sealed class TextFuzzTests
{
    private const string Secret = "Zx9secret";

    [Fact]
    public void A_changed_summary_is_read_or_is_none()
    {
        using var archive = SmallArchive.Open(SmallArchive.Bytes());
        var sound = BackupSummary.Write("small", archive);
        Assert.NotNull(BackupSummary.TryParse(sound));
        Mutation.OfJson(sound).Each(20_000, static bytes =>
        {
            BackupSummary.TryParse(bytes);
            BackupSummary.TryReadManifest(bytes, "small");
        });
    }

    [Theory]
    [InlineData("99999999999999999999")]
    [InlineData("-7")]
    [InlineData("7")]
    public void A_summary_whose_method_is_a_number_is_none(string method)
    {
        using var archive = SmallArchive.Open(SmallArchive.Bytes());
        var text = Encoding.UTF8.GetString(BackupSummary.Write("small", archive));
        Assert.Contains("\"method\":\"Bolt\"", text, StringComparison.Ordinal);
        var changed = text.Replace("\"method\":\"Bolt\"", $"\"method\":\"{method}\"", StringComparison.Ordinal);
        Assert.Null(BackupSummary.TryParse(Encoding.UTF8.GetBytes(changed)));
    }

    [Fact]
    public void A_changed_lock_names_its_owner_or_nobody()
    {
        var owner = new LockOwner(
            "token", "user", new ProcessIdentity("host", "scope", 42, "started"), "backup", DateTimeOffset.UnixEpoch);
        Assert.Equal(owner, LockOwner.Parse(owner.ToLine()));
        Mutation.OfJson(owner.ToLine()).Each(20_000, static bytes => LockOwner.Parse(bytes));
    }

    [Fact]
    public void A_changed_journal_is_read_as_far_as_it_is_whole_or_is_corrupt()
    {
        var first = JournalLine.Write(Entry(1), JournalLine.NoPrevious);
        var second = JournalLine.Write(Entry(2), JournalLine.HashOf(first));
        byte[] sound = [.. first, .. second];
        Mutation.Of(Gen.Const(sound), [.. TextTokens.Json, first, second]).Each(5_000, static bytes => Advance(bytes));
    }

    [Fact]
    public void A_journal_entry_with_the_right_hash_and_the_wrong_content_is_corrupt_and_nothing_worse()
    {
        var line = JournalLine.Write(Entry(1), JournalLine.NoPrevious);
        // Without its hash, which is made again.
        var body = line[..^(",\"hash\":\"".Length + 64 + "\"}\n".Length)];
        Mutation.OfJson(body).Each(10_000, static bytes =>
        {
            var hash = Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant();
            Advance([.. bytes, .. Encoding.ASCII.GetBytes($",\"hash\":\"{hash}\"}}\n")]);
        });
    }

    [Fact]
    public void A_changed_env_file_is_read_or_refused_and_no_refusal_repeats_it()
    {
        var sound = Encoding.UTF8.GetBytes(
            $"# settings\nexport NEO4J_URI=bolt://db:7687\nNEO4J_AUTH='neo4j/{Secret}' # who\r\n"
                + "BACKUP_DIR=\"./a b\\n\"\n\nLOG_LEVEL = INFO\n");
        Mutation.Of(Gen.Const(sound), TextTokens.Env).Each(20_000, static bytes =>
        {
            var text = Encoding.UTF8.GetString(bytes);
            try
            {
                EnvFile.Parse(text, "settings.env");
            }
            catch (GrapException refusal)
            {
                Assert.Equal(GrapCondition.SettingInvalid, refusal.Condition);
                Assert.DoesNotContain(Secret, refusal.ToString(), StringComparison.Ordinal);
            }
        });
    }

    [Fact]
    public void Settings_of_any_text_are_listed_and_read_or_refused()
    {
        var values = Mutation.Of(
            Gen.OneOf(
                Gen.Const($"neo4j/{Secret}"), Gen.Const("none"), Gen.Const("bolt://host:7687"),
                Gen.Const("neo4j+s://[::1]:1?a=b"),
                Gen.Const("0 2 * * *"), Gen.Const("30"), Gen.Const("true"), Gen.Const("INFO"), Gen.String)
                .Select(Encoding.UTF8.GetBytes),
            TextTokens.Env).Select(Encoding.UTF8.GetString);
        Gen.Select(values.Array[11], Gen.Bool).Select(static (all, inFile) =>
                string.Join('\u0001', all) + (inFile ? "\u0002" : ""))
            .Each(5_000, static text =>
            {
                var all = text.TrimEnd('\u0002').Split('\u0001');
                var byName = SettingCatalog.All.Select((definition, i) => (definition.Name, Value: all[i % all.Length]))
                    .ToDictionary(static pair => pair.Name, static pair => pair.Value, StringComparer.Ordinal);
                var file = string.Join('\n', byName.Select(static pair => $"{pair.Key}={pair.Value}"));
                var inFile = text.EndsWith('\u0002');
                try
                {
                    var settings = GrapSettings.Load(new SettingSurroundings(
                        "folder", name => inFile ? null : byName.GetValueOrDefault(name), _ => inFile ? file : null));
                    foreach (var setting in settings.List())
                        settings.FindProblem(setting.Name);
                    _ = settings.Auth;
                    _ = settings.Uri;
                }
                catch (GrapException refusal)
                {
                    Assert.True(refusal.Condition is GrapCondition.SettingInvalid or GrapCondition.InvalidAddress,
                        refusal.ToString());
                }
            });
    }

    [Fact]
    public void No_list_of_settings_and_no_refusal_shows_a_password()
    {
        Mutation.Of(Gen.OneOf(Gen.Const("neo4j/"), Gen.Const("bolt://neo4j:")).Select(Encoding.UTF8.GetBytes),
            TextTokens.Env)
            .Each(5_000, static bytes =>
            {
                var value = Encoding.UTF8.GetString(bytes);
                Shown("NEO4J_AUTH", $"{value}/{Secret}");
                Shown("NEO4J_URI", $"bolt://{value.Replace('@', 'a')}:{Secret}@host");
            });

        static void Shown(string name, string value)
        {
            var settings = GrapSettings.Load(new SettingSurroundings(null, asked => asked == name ? value : null,
                static _ => null));
            foreach (var setting in settings.List())
                Assert.DoesNotContain(Secret, $"{setting.Value} {setting.Problem}", StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, $"{settings.FindProblem(name)}", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Any_text_is_an_address_or_is_refused_and_any_text_may_stand_for_a_bookmark() =>
        Mutation.Of(
            Gen.OneOf(Gen.Const("neo4j+ssc://user:x@host:7687?policy=eu"), Gen.Const("bolt://[fe80::1%25eth0]:7687"),
                Gen.Const("FB:kcwQ"), Gen.String)
                .Select(Encoding.UTF8.GetBytes),
            TextTokens.Env).Each(20_000, static bytes =>
            {
                var text = Encoding.UTF8.GetString(bytes);
                _ = Bookmark.TryParse(text, out _, out _);
                _ = Bookmark.TryParse($"FB:{Convert.ToBase64String(bytes)}", out _, out _);
                try
                {
                    _ = BoltAddress.Parse(text).ToString();
                }
                catch (BoltException refusal)
                {
                    Assert.Equal(BoltErrorKind.InvalidAddress, refusal.Kind);
                }
            });

    private static JournalEntry Entry(int sequence) => new()
    {
        Sequence = sequence,
        Timestamp = DateTimeOffset.UnixEpoch,
        Operation = "BackupCreated",
        Actor = "user@host",
        EntityId = "one",
        Details = new Dictionary<string, string> { ["archive"] = "x", ["level"] = "Structure" },
    };

    private static void Advance(byte[] bytes)
    {
        try
        {
            new JournalChain("journal.jsonl").Advance(bytes, static _ => { });
        }
        catch (GrapException refusal)
        {
            Assert.Equal(GrapCondition.JournalCorrupt, refusal.Condition);
        }
    }
}
