using System.Globalization;
using System.Text;

namespace FastVlm.Onnx.Tests.Tokens;

/// <summary>Strings of every kind a prompt may hold, the same in every run.</summary>
internal static class SampleTexts
{
    private static readonly string[] Fragments =
    [
        "Describe the image.", "a red gear", "It's", "they'LL", "WE'VE", "don't", "I'd've", "'s", "x'y", "O'Neil's",
        "传送带已经停止", "请用一句话描述", "零件", "日本語のテスト", "コンベア", "빨간 부품", "На конвейере", "Größe", "naïve café",
        "مرحبا بالعالم", "שלום", "नमस्ते दुनिया", "ஸ்ரீ", "ไทย", "Việt Nam", "e\u0301a\u0300",
        "q\u0323\u0307", "\u1100\u1161\u11A8", "Å\u212B",
        "🙂", "👷‍♀️", "👨‍👩‍👧‍👦", "🏳️‍🌈", "1️⃣", "🇩🇪", "⚠️", "𠮷野家", "𝒳𝟙𝟚", "\U0001F9D1\U0001F3FD\u200D\U0001F527", "\U0002F828",
        "for (int i = 0; i < n; i++) { a[i] += b->c; }", "def f(x):\n\treturn x ** 2  # ok",
        "<div class=\"x\">&amp;</div>", "{\"a\":[1,2.5e-3,null]}",
        "https://example.org/a?b=c&d=%20", "C:\\Windows\\x.txt", "SELECT * FROM t WHERE a<>'b';", "!!!", "...", "—–-",
        "№ 5 § 3", "±0.5 µm²", "½ Ⅻ ٣",
        "0", "42", "1234567890", "3.14159", "2026-11-21T06:12:04Z", "１２３",
        " ", "  ", "     ", "\t", "\n", "\r\n", "\n\n\n", " \n ", "\t \t", "\u00A0",
        "\u2003", "\u3000", "\u2028", "\u200B", "\u180E", "a\u00A0b",
        "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<image>", "<|im_start|", "<|im_start|>user\n", "<<image>>", "<|im_end|><|im_end|>",
        "<keep>", "  <keep>  ",
    ];

    public static List<string> Build(int count)
    {
        var random = new Random(20_261_121);
        List<string> texts = ["", .. Fragments];
        texts.Add(string.Concat(Enumerable.Repeat("ab c", 2_500)));
        texts.Add(new string('a', 3_000) + new string(' ', 3_000) + new string('ß', 1_000));
        while (texts.Count < count)
        {
            texts.Add((texts.Count % 3) switch
            {
                0 => Joined(random, ""),
                1 => Joined(random, " "),
                _ => RandomRunes(random),
            });
        }

        return texts;
    }

    private static string Joined(Random random, string separator) =>
        string.Join(separator, Enumerable.Range(0, random.Next(1, 12)).Select(_ => Fragments[random.Next(Fragments.Length)]));

    private static string RandomRunes(Random random)
    {
        var text = new StringBuilder();
        for (var left = random.Next(1, 40); left > 0; left--) text.Append(RandomRune(random));
        return text.ToString();
    }

    // U+0085 and U+FEFF are left out: JavaScript's \s differs there from the engine the format is defined by, and the
    // reference cases cover them. Unassigned points differ between versions of Unicode.
    private static Rune RandomRune(Random random)
    {
        while (true)
        {
            var point = random.Next(6) switch
            {
                0 => random.Next(0x20, 0x250),
                1 => random.Next(0x300, 0x2000),
                2 => random.Next(0x2000, 0x3100),
                3 => random.Next(0x3100, 0x10000),
                4 => random.Next(0x10000, 0x20000),
                _ => random.Next(0x1F000, 0x30000),
            };
            if (!Rune.TryCreate(point, out var rune) || point is 0x85 or 0xFEFF) continue;
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.OtherNotAssigned) return rune;
        }
    }
}
