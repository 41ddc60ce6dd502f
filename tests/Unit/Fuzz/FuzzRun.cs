using System.Globalization;
using CsCheck;
using Xunit;

namespace Grap.Tests.Unit.Fuzz;

/// <summary>How long hostile input is tried, and what may come of it (docs/fuzzing.md).</summary>
internal static class FuzzRun
{
    private const string Variable = "GRAP_FUZZ_ITERATIONS";

    /// <summary>Hands generated input to <paramref name="reading"/> many times, on every core: see
    /// <see cref="Scale"/>. A failure prints the input.</summary>
    public static void Each(this Gen<byte[]> inputs, long round, Action<byte[]> reading) =>
        inputs.Sample(reading, iter: Scale(round), print: Convert.ToHexString);

    /// <summary>The same for text.</summary>
    public static void Each(this Gen<string> inputs, long round, Action<string> reading) =>
        inputs.Sample(reading, iter: Scale(round));

    /// <summary>Runs <paramref name="reading"/> and checks what it allocated on the managed heap.</summary>
    /// <param name="input">Bytes of input.</param>
    /// <param name="perByte">Most bytes for each byte of input.</param>
    /// <param name="besides">Most bytes besides.</param>
    /// <param name="reading">What is done.</param>
    public static void Bounded(int input, int perByte, long besides, Action reading)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        reading();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= ((long)input * perByte) + besides,
            $"{input} bytes of input took {allocated} bytes of memory.");
    }

    /// <summary>How often to try what one round tries <paramref name="round"/> times: as many rounds as the variable
    /// GRAP_FUZZ_ITERATIONS says; without it a tenth of one, since unit tests are to take seconds.</summary>
    public static long Scale(long round) =>
        long.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture,
            out var rounds)
            ? round * Math.Max(1, rounds)
            : round / 10;
}
