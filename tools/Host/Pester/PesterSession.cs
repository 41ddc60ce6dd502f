using System.Management.Automation;

namespace Grap.Host.Pester;

/// <summary>
/// What the keywords and the runner share while one file is worked on. Keywords reach it through the host's private
/// data, as nothing else leads from a cmdlet to its run without a variable that tests could see.
/// </summary>
internal sealed class PesterSession
{
    /// <summary>The block whose body is being discovered; none while tests run.</summary>
    public TestBlock? Current { get; set; }

    public static PesterSession Of(PSCmdlet keyword) =>
        keyword.Host.PrivateData?.BaseObject as PesterSession
        ?? throw new InvalidOperationException("Pester's commands work in --pester runs only.");

    /// <summary>The block being discovered.</summary>
    /// <exception cref="InvalidOperationException">A test is running: the tree is closed.</exception>
    public TestBlock Discovering(string keyword) =>
        Current ?? throw new InvalidOperationException($"{keyword} cannot be used inside a running test.");
}
