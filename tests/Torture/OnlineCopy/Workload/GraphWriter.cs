using Grap.Bolt;
using Grap.Servers;

namespace Grap.Tests.Torture.OnlineCopy.Workload;

/// <summary>Writes what a script says.</summary>
internal sealed class GraphWriter(int id, IScript script, Ledger ledger) : Writer(id, ledger)
{
    private readonly WriterState _state = new(id);
    private Step? _sent;

    protected override long Number => _state.Number;

    protected override TimeSpan Rest() => script.RestBefore(_state.Number + 1);

    protected override async Task SendAsync(BoltConnection connection, CancellationToken cancellation)
    {
        _sent = script.Next(_state);
        await connection.BeginAsync(new BoltQuery("") { Mode = BoltAccessMode.Write }, cancellation);
        foreach (var query in _sent.Queries)
            await RunAsync(connection, query, cancellation);
        await connection.CommitAsync(cancellation);
    }

    protected override void Enter() => _state.Apply(_sent!);

    /// <summary>Throws where the server itself lost a transaction that it had acknowledged.</summary>
    protected override async Task<bool> AskAsync(BoltConnection connection, CancellationToken cancellation)
    {
        var rows = await connection.ReadAllAsync(
            BoltQuery.Create("MATCH (w:Writer { writer: $writer }) RETURN w.number", ("writer", (long)_state.Writer)),
            cancellation);
        var number = (long)rows[0][0]!;
        return number == _state.Number || number == _state.Number + 1
            ? number == _state.Number + 1
            : throw new Violation(
                $"The server itself is at transaction {number} of writer {_state.Writer}, which had "
                + $"{_state.Number} acknowledged.");
    }
}
