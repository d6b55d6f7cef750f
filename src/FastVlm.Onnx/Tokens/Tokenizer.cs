using System.Runtime.InteropServices;
using System.Text;
using FastVlm.Pipeline;

namespace FastVlm.Onnx.Tokens;

/// <summary>
/// Byte-level byte-pair encoding as the Hugging Face tokenizers compute it for Qwen2-like files: added tokens first, then
/// NFC, then the split pattern, then merges. Adds no begin or end token. Not safe for concurrent use.
/// </summary>
public sealed class Tokenizer
{
    private readonly AddedTokenScanner _rawScanner;
    private readonly AddedTokenScanner _normalizedScanner;
    private readonly SplitPattern[] _patterns;
    private readonly BytePairMerger _merger;
    private readonly TokenizerDefinition _definition;
    private readonly Dictionary<string, int> _idOfAdded;
    private readonly HashSet<int> _special;
    private readonly byte[] _bytes;
    private readonly int[] _byteStarts;

    internal Tokenizer(TokenizerDefinition definition)
    {
        TokenizerTables.RequireDistinct(definition);
        _definition = definition;
        _idOfAdded = definition.AddedTokens.ToDictionary(token => token.Content, token => token.Id, StringComparer.Ordinal);
        _special = [.. definition.AddedTokens.Where(token => token.Special).Select(token => token.Id)];
        _rawScanner = new AddedTokenScanner(definition.AddedTokens.Where(token => !token.Normalized));
        _normalizedScanner = new AddedTokenScanner(definition.AddedTokens.Where(token => token.Normalized));
        _patterns = [.. definition.SplitPatterns.Select(pattern => new SplitPattern(pattern))];
        _merger = TokenizerTables.BuildMerger(definition);
        (_bytes, _byteStarts) = TokenizerTables.BuildBytes(definition);
    }

    /// <summary>One more than the highest id.</summary>
    public int VocabularySize => _byteStarts.Length - 1;

    /// <summary>Reads tokenizer.json, or vocab.json with merges.txt, from a model directory.</summary>
    /// <exception cref="FailureException">The files are missing, damaged, or of a kind other than byte-level BPE.</exception>
    public static Tokenizer Load(string directory) => new(TokenizerFiles.Read(directory));

    /// <summary>The id of an added token or vocabulary entry; null where there is none of that spelling.</summary>
    public int? IdOf(string token)
    {
        if (_idOfAdded.TryGetValue(token, out var added)) return added;
        return _definition.Vocabulary.TryGetValue(token, out var id) ? id : null;
    }

    /// <summary>True for control tokens, which are no part of an answer's text.</summary>
    public bool IsSpecial(int id) => _special.Contains(id);

    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> ids = [];
        List<(Range Range, AddedToken? Token)> parts = [];
        _rawScanner.Scan(text, parts);
        foreach (var (range, token) in parts)
        {
            if (token is not null) ids.Add(token.Id);
            else EncodePlain(text[range], ids);
        }

        return [.. ids];
    }

    /// <summary>The text of tokens; bytes that form no character become U+FFFD, unknown ids nothing.</summary>
    public string Decode(ReadOnlySpan<int> ids, bool keepSpecial = false)
    {
        List<byte> bytes = [];
        foreach (var id in ids)
        {
            if (keepSpecial || !IsSpecial(id)) bytes.AddRange(BytesOf(id));
        }

        return Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(bytes));
    }

    /// <summary>The bytes one token stands for; a character may be spread over several tokens.</summary>
    public ReadOnlySpan<byte> BytesOf(int id) =>
        (uint)id < (uint)VocabularySize ? _bytes.AsSpan(_byteStarts[id].._byteStarts[id + 1]) : [];

    private void EncodePlain(string text, List<int> ids)
    {
        var normal = _definition.ComposesCanonically ? CanonicalComposition.Compose(text) : text;
        List<(Range Range, AddedToken? Token)> parts = [];
        _normalizedScanner.Scan(normal, parts);
        foreach (var (range, token) in parts)
        {
            if (token is not null) ids.Add(token.Id);
            else EncodeWords(normal[range], ids);
        }
    }

    private void EncodeWords(string section, List<int> ids)
    {
        var text = _definition.AddsPrefixSpace && section[0] != ' ' ? " " + section : section;
        List<int>? starts = null;
        var shadow = text;
        if (SplitPattern.NeedsShadow(text)) shadow = SplitPattern.Shadow(text, starts = []);
        List<Range> pieces = [new(0, shadow.Length)];
        List<Range> finer = [];
        foreach (var pattern in _patterns)
        {
            finer.Clear();
            foreach (var piece in pieces) pattern.Split(shadow.AsSpan(piece), piece.Start.Value, finer);
            (pieces, finer) = (finer, pieces);
        }

        foreach (var piece in pieces)
        {
            var source = starts is null ? piece : starts[piece.Start.Value]..starts[piece.End.Value];
            _merger.Encode(text.AsSpan(source), ids);
        }
    }
}
