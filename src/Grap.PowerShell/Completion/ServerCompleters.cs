using Grap.Configuration;
using Grap.PowerShell.Sessions;

namespace Grap.PowerShell.Completion;

/// <summary>Completes addresses: of the settings, of open sessions, and one of each scheme with what it
/// means.</summary>
public sealed class UriCompleter : GrapCompleter
{
    private protected override IEnumerable<Suggestion> Suggest(CompletionScene scene) =>
    [
        .. scene.FromSetting(SettingName.Uri),
        .. OpenSessions.OfProcess.List().Select(session =>
            new Suggestion(session.Uri, $"session {session.Number}, Neo4j {session.ServerVersion}")),
        new("bolt://localhost:7687", "One server, not encrypted"),
        new("bolt+s://", "One server, encrypted, with a certificate that this machine trusts"),
        new("bolt+ssc://", "One server, encrypted, with any certificate"),
        new("neo4j://", "A cluster, not encrypted"),
        new("neo4j+s://", "A cluster or Aura, encrypted, with a certificate that this machine trusts"),
        new("neo4j+ssc://", "A cluster, encrypted, with any certificate"),
    ];
}

/// <summary>Completes databases: of the settings and of open sessions, and the two that every server has.</summary>
public sealed class DatabaseCompleter : GrapCompleter
{
    private protected override IEnumerable<Suggestion> Suggest(CompletionScene scene) =>
    [
        .. scene.FromSetting(SettingName.Database),
        .. OpenSessions.OfProcess.List().Select(session =>
            new Suggestion(session.Database, $"session {session.Number} at {session.Uri}")),
        new("neo4j", "The default database"),
        new("system", "Where Neo4j keeps users and databases"),
    ];
}
