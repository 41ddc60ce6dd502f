using System.IO.MemoryMappedFiles;
using System.Text;

namespace Grap.Tests.Torture.Failpoints;

/// <summary>Where a process was when it ended.</summary>
/// <param name="Step">The step; empty if it had not begun.</param>
/// <param name="Within">Whether the step was under way, and not done.</param>
internal readonly record struct LastStep(string Step, bool Within);

/// <summary>
/// The step that a process is in, in a mapped file outside the repository: what a process wrote into a mapping outlives
/// it. Two slots take turns, so that a kill in the middle of a note leaves the one before.
/// </summary>
internal sealed class StepNote : IDisposable
{
    private const int Slots = 2;
    private const int SlotSize = 256;
    private const int FirstSlot = 16;
    private const int Size = FirstSlot + (Slots * SlotSize);
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Lock _gate = new();
    private int _slot;

    public StepNote(string path)
    {
        var stream = new FileStream(
            path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        _file = MemoryMappedFile.CreateFromFile(
            stream, null, Size, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor();
    }

    public void Write(string step, bool within)
    {
        var text = Encoding.UTF8.GetBytes(step);
        lock (_gate)
        {
            _slot = (_slot + 1) % Slots;
            var at = FirstSlot + (_slot * SlotSize);
            _view.Write(at, within);
            _view.Write(at + 4, text.Length);
            _view.WriteArray(at + 8, text, 0, text.Length);
            Thread.MemoryBarrier();
            _view.Write(0, _slot + 1);
        }
    }

    /// <summary>Reads what a process that has ended noted last.</summary>
    public static LastStep Read(string path)
    {
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        var slot = bytes.Length < Size ? 0 : BitConverter.ToInt32(bytes, 0);
        if (slot == 0)
            return new LastStep("", false);
        var at = FirstSlot + ((slot - 1) * SlotSize);
        var text = Encoding.UTF8.GetString(bytes, at + 8, BitConverter.ToInt32(bytes, at + 4));
        return new LastStep(text, BitConverter.ToBoolean(bytes, at));
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
