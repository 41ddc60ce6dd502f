using Grap.Bolt;
using Grap.Lab.Servers;
using Newtonsoft.Json.Linq;

namespace Grap.Tests.Integration.Lab;

/// <summary>The lab's program as scripts use it: words in, lines of JSON out.</summary>
public sealed class ServeTests
{
    [Fact]
    public async Task A_script_gets_a_server_with_a_graph_and_a_writer_and_stops_it()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var lab = LabProgram.Start(
            ["serve", "--graph", "generated", "--size", "500", "--auth", "LAB_TEST_PASSWORD", "--writer"],
            ("LAB_TEST_PASSWORD", "from the environment"));
        var ready = LabProgram.Parse(await lab.StandardOutput.ReadLineAsync(cancellation));
        Assert.Equal((500L, 1000L, true), ((long)ready["nodes"]!, (long)ready["relationships"]!, (bool)ready["writing"]!));

        await using (var driver = new BoltDriver(
            BoltAddress.Parse((string)ready["uri"]!), BoltAuth.Basic((string)ready["user"]!, "from the environment")))
        await using (var connection = await driver.AcquireAsync(BoltAccessMode.Read, cancellation: cancellation))
        {
            for (var look = 0; look < 20; look++)
            {
                // One transaction's two writes are seen together or not at all by a single aggregation over few nodes
                // only when nothing commits meanwhile; so the sum is asked for when the writer rests.
                var off = await AskAsync("writer off");
                Assert.False((bool)off["writing"]!);
                await using var cursor = await connection.RunAsync(
                    new BoltQuery("MATCH (a:Account) RETURN count(a), sum(a.balance)"), cancellation);
                Assert.True(await cursor.ReadAsync(cancellation));
                Assert.Equal(
                    [(long)LedgerWriter.Accounts, LedgerWriter.Accounts * LedgerWriter.OpeningBalance], cursor.Values);
                Assert.True((bool)(await AskAsync("writer on"))["writing"]!);
            }
        }

        Assert.Contains("not known", (string?)(await AskAsync("nonsense"))["error"], StringComparison.Ordinal);
        Assert.True((bool)(await AskAsync("stop"))["stopping"]!);
        await lab.WaitForExitAsync(cancellation);
        Assert.Equal(0, lab.ExitCode);
        Assert.False(Directory.Exists((string)ready["dataFolder"]!));

        async Task<JObject> AskAsync(string word)
        {
            await lab.StandardInput.WriteLineAsync(word);
            return LabProgram.Parse(await lab.StandardOutput.ReadLineAsync(cancellation));
        }
    }

    [Fact]
    public async Task The_lab_ends_when_its_standard_input_does()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var lab = LabProgram.Start(["serve"]);
        var ready = LabProgram.Parse(await lab.StandardOutput.ReadLineAsync(cancellation));

        lab.StandardInput.Close();
        await lab.WaitForExitAsync(cancellation);

        Assert.False(Directory.Exists((string)ready["dataFolder"]!));
    }
}
