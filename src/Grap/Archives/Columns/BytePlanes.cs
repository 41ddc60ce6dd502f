using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Grap.Archives.Columns;

/// <summary>Numbers of one width as they stand in a form: first the first byte of each, then the second of each, and so
/// on.</summary>
internal static class BytePlanes
{
    /// <summary>Lays the bytes of each number together.</summary>
    /// <param name="planes">As many bytes as <paramref name="numbers"/> has, a multiple of <paramref name="width"/>.</param>
    /// <param name="width">Bytes of a number: 2, 4 or 8.</param>
    /// <param name="numbers">Number after number; does not overlap <paramref name="planes"/>.</param>
    public static void Join(ReadOnlySpan<byte> planes, int width, Span<byte> numbers)
    {
        var count = planes.Length / width;
        var done = 0;
        ref var from = ref MemoryMarshal.GetReference(planes);
        ref var to = ref MemoryMarshal.GetReference(numbers[..planes.Length]);
        for (; done <= count - Vector128<byte>.Count; done += Vector128<byte>.Count)
        {
            var (low, high) = Pair(ref from, done, count);
            if (width == 2)
            {
                low.AsByte().StoreUnsafe(ref to, (nuint)(2 * done));
                high.AsByte().StoreUnsafe(ref to, (nuint)((2 * done) + 16));
                continue;
            }
            var (low2, high2) = Pair(ref from, done + (2 * count), count);
            var first = Pair(low, low2);
            var second = Pair(high, high2);
            if (width == 4)
            {
                first.Low.AsByte().StoreUnsafe(ref to, (nuint)(4 * done));
                first.High.AsByte().StoreUnsafe(ref to, (nuint)((4 * done) + 16));
                second.Low.AsByte().StoreUnsafe(ref to, (nuint)((4 * done) + 32));
                second.High.AsByte().StoreUnsafe(ref to, (nuint)((4 * done) + 48));
                continue;
            }
            var (low3, high3) = Pair(ref from, done + (4 * count), count);
            var (low4, high4) = Pair(ref from, done + (6 * count), count);
            var third = Pair(low3, low4);
            var fourth = Pair(high3, high4);
            Store(first.Low, third.Low, ref to, 8 * done);
            Store(first.High, third.High, ref to, (8 * done) + 32);
            Store(second.Low, fourth.Low, ref to, (8 * done) + 64);
            Store(second.High, fourth.High, ref to, (8 * done) + 96);
        }
        for (var plane = 0; plane < width; plane++)
        {
            for (var i = done; i < count; i++)
                numbers[(i * width) + plane] = planes[(plane * count) + i];
        }
    }

    private static (Vector128<ushort> Low, Vector128<ushort> High) Pair(ref byte planes, int at, int count)
    {
        var first = Vector128.LoadUnsafe(ref planes, (nuint)at);
        var second = Vector128.LoadUnsafe(ref planes, (nuint)(at + count));
        return (
            Vector128.WidenLower(first) | (Vector128.WidenLower(second) << 8),
            Vector128.WidenUpper(first) | (Vector128.WidenUpper(second) << 8));
    }

    private static (Vector128<uint> Low, Vector128<uint> High) Pair(Vector128<ushort> first, Vector128<ushort> second) => (
        Vector128.WidenLower(first) | (Vector128.WidenLower(second) << 16),
        Vector128.WidenUpper(first) | (Vector128.WidenUpper(second) << 16));

    private static void Store(Vector128<uint> first, Vector128<uint> second, ref byte to, int at)
    {
        (Vector128.WidenLower(first) | (Vector128.WidenLower(second) << 32)).AsByte().StoreUnsafe(ref to, (nuint)at);
        (Vector128.WidenUpper(first) | (Vector128.WidenUpper(second) << 32)).AsByte()
            .StoreUnsafe(ref to, (nuint)(at + 16));
    }
}
