using System.Text;

namespace FastVlm.Onnx.Tokens;

/// <summary>
/// Turns tokens into text as they come and holds back the bytes of a character that is not complete. The pieces of an
/// answer joined are exactly its <see cref="Tokenizer.Decode"/>.
/// </summary>
public sealed class TextAssembler(Tokenizer tokenizer)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _text = new();
    private char[] _chars = new char[64];

    /// <summary>All text so far.</summary>
    public string Text => _text.ToString();

    /// <summary>The new text that a token completes; empty in the middle of a character and for control tokens.</summary>
    public ReadOnlySpan<char> Append(int id) => tokenizer.IsSpecial(id) ? [] : Convert(tokenizer.BytesOf(id), flush: false);

    /// <summary>What is left when the answer ended within a character: U+FFFD, or nothing.</summary>
    public ReadOnlySpan<char> Finish() => Convert([], flush: true);

    public void Clear()
    {
        _decoder.Reset();
        _text.Clear();
    }

    private ReadOnlySpan<char> Convert(ReadOnlySpan<byte> bytes, bool flush)
    {
        // Three bytes held back may come out as three replacement characters.
        if (_chars.Length < bytes.Length + 4) _chars = new char[bytes.Length + 4];
        var count = _decoder.GetChars(bytes, _chars, flush);
        _text.Append(_chars, 0, count);
        return _chars.AsSpan(0, count);
    }
}
