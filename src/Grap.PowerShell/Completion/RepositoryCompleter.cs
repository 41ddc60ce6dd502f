using Grap.Configuration;

namespace Grap.PowerShell.Completion;

/// <summary>Completes repositories: the one of the settings. For anything else PowerShell completes folders.</summary>
public sealed class RepositoryCompleter : GrapCompleter
{
    private protected override IEnumerable<Suggestion> Suggest(CompletionScene scene) =>
        scene.FromSetting(SettingName.Repository);
}
