namespace Grap.Tests.Torture.Processes;

/// <summary>The words between a child process and the one that started it; a line is a word and what goes with it,
/// separated by tabs.</summary>
internal static class ChildWord
{
    // Orders.
    public const string Arm = "arm";
    public const string Roam = "roam";
    public const string Take = "take";
    public const string Remove = "remove";
    public const string Trash = "trash";
    public const string BringBack = "bring back";
    public const string Purge = "purge";
    public const string List = "list";
    public const string Recover = "recover";
    public const string Prove = "prove";
    public const string Promote = "promote";
    public const string Undo = "undo";
    public const string Restore = "restore";

    // How to promote or undo.
    public const string AtOnce = "at-once";
    public const string Stepwise = "stepwise";

    // Answers.
    public const string Ready = "ready";
    public const string Begin = "begin";
    public const string Step = "step";
    public const string At = "at";
    public const string Done = "done";
    public const string Refused = "refused";
}
