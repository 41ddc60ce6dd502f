using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;

namespace Grap.Tests.Unit.Fuzz;

/// <summary>Changes sound input in a few places, in the ways that most often reach a reader's dark corners.</summary>
internal static partial class Mutation
{
    private const int MostChanges = 6;

    private static readonly long[] s_numbers =
    [
        0, 1, 2, 15, 16, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 1 << 20, 1 << 30, (1 << 30) + 1,
        int.MaxValue,
        0x80000000, 0xFFFFFFFF, 1L << 62, long.MaxValue, long.MinValue, -1, -2,
    ];

    /// <summary>Mutants of what <paramref name="sound"/> gives.</summary>
    /// <param name="sound">Sound input.</param>
    /// <param name="tokens">What means something in this format, to be put anywhere.</param>
    public static Gen<byte[]> Of(Gen<byte[]> sound, params byte[][] tokens) =>
        Gen.Select(sound, Gen.Int).Select((bytes, seed) => Mutate(bytes, new Random(seed), tokens));

    /// <summary>Mutants of JSON: most stay JSON, with other values than belong there.</summary>
    public static Gen<byte[]> OfJson(byte[] sound) => Gen.Int.Select(seed => MutateJson(sound, new Random(seed)));

    /// <summary>One mutant of JSON.</summary>
    public static byte[] MutateJson(byte[] sound, Random random)
    {
        var text = Encoding.Latin1.GetString(sound);
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var values = JsonToken().Matches(text).Where(static token => token.Value[^1] != ':').ToList();
            if (values.Count == 0)
                break;
            var value = values[random.Next(values.Count)];
            var token = TextTokens.Json[random.Next(TextTokens.Json.Length)];
            text = string.Concat(text.AsSpan(0, value.Index), Encoding.Latin1.GetString(token),
                text.AsSpan(value.Index + value.Length));
        }
        var bytes = Encoding.Latin1.GetBytes(text);
        return random.Next(4) == 0 ? Mutate(bytes, random, TextTokens.Json) : bytes;
    }

    /// <summary>One mutant.</summary>
    public static byte[] Mutate(byte[] sound, Random random, params byte[][] tokens)
    {
        var bytes = (byte[])sound.Clone();
        for (var changes = random.Next(1, MostChanges + 1); changes > 0; changes--)
            bytes = Change(bytes, random, tokens);
        return bytes;
    }

    /// <summary>Writes a number that is often a limit over some of the bytes, whose count stays.</summary>
    public static void Overwrite(Span<byte> bytes, Random random)
    {
        if (bytes.IsEmpty)
            return;
        var number = s_numbers[random.Next(s_numbers.Length)];
        Span<byte> written = stackalloc byte[8];
        var width = 1 << random.Next(4);
        if (random.Next(2) == 0)
            BinaryPrimitives.WriteInt64LittleEndian(written, number);
        else
            BinaryPrimitives.WriteInt64BigEndian(written, number << (64 - (8 * width)));
        var place = random.Next(bytes.Length);
        written[..Math.Min(width, bytes.Length - place)].CopyTo(bytes[place..]);
    }

    // A name with its colon, a string, a number, a word.
    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\":?|-?[0-9][0-9.eE+-]*|true|false|null", RegexOptions.CultureInvariant,
        1000)]
    private static partial Regex JsonToken();

    private static byte[] Change(byte[] bytes, Random random, byte[][] tokens)
    {
        var place = random.Next(bytes.Length + 1);
        var length = Math.Min(bytes.Length - place, random.Next(4) == 0 ? random.Next(64) : random.Next(4));
        switch (random.Next(tokens.Length > 0 ? 8 : 6))
        {
            case 0 when bytes.Length > 0:
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1 when bytes.Length > 0:
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return bytes;
            case 2:
                Overwrite(bytes, random);
                return bytes;
            case 3: // remove
                return [.. bytes[..place], .. bytes[(place + length)..]];
            case 4: // repeat
                return [.. bytes[..(place + length)], .. bytes[place..]];
            case 5: // cut, or a part moved elsewhere
                return random.Next(3) == 0 ? bytes[..place] : [.. bytes[place..], .. bytes[..place]];
            case 6: // put in
                return [.. bytes[..place], .. tokens[random.Next(tokens.Length)], .. bytes[place..]];
            case 7: // put over
                var token = tokens[random.Next(tokens.Length)];
                return [.. bytes[..place], .. token, .. bytes[Math.Min(bytes.Length, place + token.Length)..]];
            default:
                return bytes;
        }
    }
}
