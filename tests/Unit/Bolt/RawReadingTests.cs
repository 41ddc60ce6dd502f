using Grap.Bolt;
using Xunit;

namespace Grap.Tests.Unit.Bolt;

[CollectionDefinition(nameof(RawReadingTests), DisableParallelization = true)]
[Collection(nameof(RawReadingTests))]
public sealed class RawReadingTests
{
    private const int Records = 40_000;

    [Theory]
    [InlineData(20)]
    [InlineData(2_000)]
    public async Task Reading_records_raw_allocates_nothing_for_each(int length)
    {
        var record = ServerEnd.Chunk(ServerEnd.Message(0x71, new object?[] { new object?[] { new byte[length] } }));
        var batch = Enumerable.Repeat(record, 100).SelectMany(bytes => bytes).ToArray();
        await using var server = new ScriptedServer(async end =>
        {
            await end.LogInAsync();
            await end.ExpectAsync(ServerEnd.Run);
            await end.ExpectAsync(ServerEnd.Pull);
            await end.SuccessAsync(("fields", new[] { "a" }));
            for (var i = 0; i < Records / 100; i++)
                await end.SendAsync(batch);
            await end.SuccessAsync();
            await end.IdleAsync();
        });
        await using var driver = server.Driver();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read);
        await using var cursor = await connection.RunAsync(new BoltQuery("x") { FetchSize = -1 });
        for (var i = 0; i < Records / 4; i++)
            Assert.True(await cursor.ReadAsync());

        // The scripted server's own allocations, about one for each hundred records, count too.
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var seen = 0L;
        for (var i = 0; i < Records / 2; i++)
        {
            await cursor.ReadAsync();
            seen += cursor.Record.Length;
            if (i % 4 == 0)
                connection.Recycle(cursor.TakeRecord(out _));
        }
        var each = (GC.GetTotalAllocatedBytes(precise: true) - before) / (Records / 2.0);

        Assert.True(seen > (long)length * Records / 2);
        Assert.True(each < 16, $"{each} bytes for each record");
    }
}
