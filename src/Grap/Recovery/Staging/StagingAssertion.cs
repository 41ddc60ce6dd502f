using System.Globalization;
using System.Text.RegularExpressions;
using Grap.Bolt;
using Grap.Servers;

namespace Grap.Recovery.Staging;

/// <summary>Cypher that must hold in a restored graph: it returns one row at least, and the first column of every row
/// is true. It only reads.</summary>
/// <param name="Text">The query.</param>
public sealed partial record StagingAssertion(string Text)
{
    private const int MostText = 80;

    /// <summary>The queries of a file: each ends with a semicolon at the end of a line, or with the file. Lines that
    /// begin with <c>//</c> are comments.</summary>
    public static IReadOnlyList<StagingAssertion> Parse(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return
        [
            .. QueryEnd().Split(Comment().Replace(file, "")).Select(static text => text.Trim())
                .Where(static text => text.Length > 0).Select(static text => new StagingAssertion(text)),
        ];
    }

    /// <summary>Asks; null where it holds, else why not, as a sentence.</summary>
    internal async Task<string?> FindProblemAsync(Session session, CancellationToken cancellation)
    {
        try
        {
            var connection = await session.ConnectAsync(BoltAccessMode.Read, cancellation).ConfigureAwait(false);
            await using var borrowed = connection.ConfigureAwait(false);
            var query = new BoltQuery(Text) { Database = session.Database, Mode = BoltAccessMode.Read };
            var cursor = await connection.RunAsync(query, cancellation).ConfigureAwait(false);
            await using var closing = cursor.ConfigureAwait(false);
            var rows = 0L;
            for (; await cursor.ReadAsync(cancellation).ConfigureAwait(false); rows++)
            {
                if (cursor.Values is not [true, ..])
                    return string.Create(CultureInfo.InvariantCulture,
                        $"Assertion '{ShortText}' does not hold: row {rows + 1} begins with {Show(cursor.Values)}.");
            }
            return rows > 0 ? null : $"Assertion '{ShortText}' does not hold: it returned no row.";
        }
        catch (BoltException refused) when (refused.Kind == BoltErrorKind.ServerFailure)
        {
            return $"Assertion '{ShortText}' could not be run: {refused.Message}";
        }
    }

    private string ShortText => Text.Length <= MostText ? Text : $"{Text[..MostText]}…";

    private static string Show(object?[] values) => values switch
    {
        [] => "no column",
        [null, ..] => "null",
        [bool or long or double or string, ..] => Convert.ToString(values[0], CultureInfo.InvariantCulture)!,
        _ => $"a {values[0]!.GetType().Name}",
    };

    [GeneratedRegex(@";[ \t]*(\r?\n|$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex QueryEnd();

    [GeneratedRegex(@"^[ \t]*//.*$", RegexOptions.Multiline, 1000)]
    private static partial Regex Comment();
}
