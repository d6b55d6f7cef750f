using System.Text;
using FastVlm.Pipeline;

namespace FastVlm.Onnx.Tokens;

/// <summary>Builds the look-up tables of a tokenizer from its definition and checks that they are complete.</summary>
internal static class TokenizerTables
{
    // No public vocabulary comes near; a larger id is a damaged file, and would be a table of that size.
    private const int IdMax = 2_000_000;

    /// <exception cref="FailureException">Two added tokens share an id or a spelling.</exception>
    public static void RequireDistinct(TokenizerDefinition definition)
    {
        HashSet<int> ids = [];
        HashSet<string> spellings = new(StringComparer.Ordinal);
        foreach (var token in definition.AddedTokens)
        {
            if (!ids.Add(token.Id) || !spellings.Add(token.Content))
            {
                throw Invalid(definition, $"its added token '{token.Content}' ({token.Id}) is there twice");
            }
        }
    }

    /// <exception cref="FailureException">A byte has no token, or a merge names entries that do not exist.</exception>
    public static BytePairMerger BuildMerger(TokenizerDefinition definition)
    {
        var vocabulary = definition.Vocabulary;
        var idOfByte = new int[256];
        for (var b = 0; b < 256; b++)
        {
            if (!vocabulary.TryGetValue(ByteAlphabet.SpellingOf((byte)b).ToString(), out idOfByte[b]))
            {
                throw Invalid(definition, $"its vocabulary has no token for the byte 0x{b:X2}, so it is not a byte-level one");
            }
        }

        var merges = new Dictionary<(int, int), (int, int)>(definition.Merges.Count);
        for (var rank = 0; rank < definition.Merges.Count; rank++)
        {
            var (left, right) = definition.Merges[rank];
            if (!vocabulary.TryGetValue(left, out var leftId)
                || !vocabulary.TryGetValue(right, out var rightId)
                || !vocabulary.TryGetValue(left + right, out var id))
            {
                throw Invalid(definition, $"merge {rank} ('{left}' + '{right}') names an entry that the vocabulary lacks");
            }

            merges[(leftId, rightId)] = (rank, id);
        }

        return new BytePairMerger(idOfByte, merges, definition.IgnoresMerges ? WholePieces(vocabulary) : []);
    }

    /// <summary>All tokens' bytes in one array, and where each begins; ids without a token are empty.</summary>
    public static (byte[] Bytes, int[] Starts) BuildBytes(TokenizerDefinition definition)
    {
        var added = definition.AddedTokens.ToDictionary(token => token.Id, token => token.Content);
        var entries = definition.Vocabulary.Select(entry => (Id: entry.Value, Bytes: ByteAlphabet.BytesOf(entry.Key)))
            .Where(entry => !added.ContainsKey(entry.Id))
            .Concat(added.Select(entry => (Id: entry.Key, Bytes: Encoding.UTF8.GetBytes(entry.Value))))
            .OrderBy(entry => entry.Id)
            .ToList();
        if (entries[0].Id < 0 || entries[^1].Id > IdMax)
        {
            throw Invalid(definition, $"its ids run from {entries[0].Id} to {entries[^1].Id}; 0 to {IdMax} is allowed");
        }

        var starts = new int[entries[^1].Id + 2];
        var bytes = new List<byte>();
        var next = 0;
        foreach (var (id, content) in entries)
        {
            for (; next <= id; next++) starts[next] = bytes.Count;
            bytes.AddRange(content);
        }

        starts[^1] = bytes.Count;
        return ([.. bytes], starts);
    }

    private static Dictionary<string, int> WholePieces(Dictionary<string, int> vocabulary)
    {
        var pieces = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (spelling, id) in vocabulary) pieces[Encoding.UTF8.GetString(ByteAlphabet.BytesOf(spelling))] = id;
        return pieces;
    }

    private static FailureException Invalid(TokenizerDefinition definition, string what) =>
        new(FailureKind.TokenizerInvalid, $"The tokenizer '{definition.Source}' cannot be used: {what}; copy it again from the model.");
}
