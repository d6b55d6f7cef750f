using System.Text;

namespace FastVlm.Onnx.Tokens;

/// <summary>
/// The printable characters with which byte-level vocabularies spell bytes: printable Latin-1 stands for itself, every
/// other byte for a character from U+0100 up (the table of GPT-2).
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Spelling = BuildSpelling();
    private static readonly Dictionary<char, byte> Bytes = Spelling.Select((c, b) => (c, b)).ToDictionary(p => p.c, p => (byte)p.b);

    public static char SpellingOf(byte value) => Spelling[value];

    /// <summary>The bytes a vocabulary entry spells; an entry with other characters (an added token) is its own UTF-8.</summary>
    public static byte[] BytesOf(string entry)
    {
        var bytes = new byte[entry.Length];
        for (var i = 0; i < entry.Length; i++)
        {
            if (!Bytes.TryGetValue(entry[i], out bytes[i])) return Encoding.UTF8.GetBytes(entry);
        }

        return bytes;
    }

    private static char[] BuildSpelling()
    {
        var spelling = new char[256];
        var next = '\u0100';
        for (var b = 0; b < 256; b++)
        {
            var printable = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            spelling[b] = printable ? (char)b : next++;
        }

        return spelling;
    }
}
