using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Grap.Configuration;
using Grap.PowerShell.Repositories;

namespace Grap.PowerShell.Completion;

/// <summary>What is known while somebody types.</summary>
internal sealed class CompletionScene(IDictionary parameters)
{
    private readonly SessionState? _state = FindSessionState();

    /// <summary>The settings in force, with what was typed already.</summary>
    public GrapSettings Settings => GrapSettings.Load(
        SettingSurroundings.OfProcess(_state?.Path.CurrentFileSystemLocation.ProviderPath),
        new Dictionary<string, string?> { [SettingName.Repository] = parameters["Repository"]?.ToString() });

    /// <summary>The absolute path of the repository that the command would use.</summary>
    public string RepositoryPath =>
        _state is null
            ? Path.GetFullPath(Settings.Repository)
            : RepositoryLocation.Resolve(_state, Settings.Repository);

    /// <summary>The id, or the first of the ids, that was typed; null for none.</summary>
    public string? Id => (parameters["Id"] is IList { Count: > 0 } ids ? ids[0] : parameters["Id"])?.ToString();

    /// <summary>The value of a setting and where it came from; nothing where it has none, or a wrong one.</summary>
    public IEnumerable<Suggestion> FromSetting(string name) =>
        Settings.List().Where(setting => setting.Name == name && setting is { Value: not null, Problem: null })
            .Select(setting => new Suggestion(
                setting.Value!, $"{name}, from {setting.Source ?? setting.Origin.ToString()}"));

    /// <summary>The session state of the prompt. Completion runs on its pipeline thread, where a nested pipeline may
    /// ask for it.</summary>
    private static SessionState? FindSessionState()
    {
        if (Runspace.DefaultRunspace is null)
            return null;
        using var shell = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
        return shell.AddScript("$ExecutionContext.SessionState").Invoke<SessionState>().FirstOrDefault();
    }
}
