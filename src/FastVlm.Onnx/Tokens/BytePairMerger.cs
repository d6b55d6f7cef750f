using System.Runtime.InteropServices;
using System.Text;

namespace FastVlm.Onnx.Tokens;

/// <summary>
/// Turns one piece of text into tokens: bytes first, then again and again the pair with the lowest rank, leftmost first.
/// A heap over a linked list, so that a run of n bytes costs n log n. Not safe for concurrent use.
/// </summary>
internal sealed class BytePairMerger
{
    // Words of a language repeat; a piece longer than this hardly ever does.
    private const int CachedPieceCharsMax = 48;
    private const int CachedPiecesMax = 16_384;

    private readonly int[] _idOfByte;
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> _merges;
    private readonly Dictionary<string, int> _wholePieces;
    private readonly Dictionary<string, int[]> _cache = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _cacheBySpan;
    private readonly PriorityQueue<(int Position, int Left, int Right), long> _candidates = new();
    private readonly List<int> _ids = [];
    private readonly List<int> _next = [];
    private readonly List<int> _previous = [];
    private byte[] _bytes = new byte[256];

    /// <param name="idOfByte">The token of each single byte.</param>
    /// <param name="merges">What a pair of tokens becomes, and how early.</param>
    /// <param name="wholePieces">Pieces that are tokens without any merging (ignore_merges); empty where that is off.</param>
    public BytePairMerger(
        int[] idOfByte, Dictionary<(int Left, int Right), (int Rank, int Id)> merges, Dictionary<string, int> wholePieces)
    {
        _idOfByte = idOfByte;
        _merges = merges;
        _wholePieces = wholePieces;
        _cacheBySpan = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public void Encode(ReadOnlySpan<char> piece, List<int> into)
    {
        if (_cacheBySpan.TryGetValue(piece, out var known))
        {
            into.AddRange(known);
            return;
        }

        if (_wholePieces.Count > 0 && _wholePieces.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(piece, out var whole))
        {
            into.Add(whole);
            return;
        }

        var first = into.Count;
        Merge(piece, into);
        if (piece.Length > CachedPieceCharsMax) return;
        if (_cache.Count == CachedPiecesMax) _cache.Clear();
        _cacheBySpan[piece] = CollectionsMarshal.AsSpan(into)[first..].ToArray();
    }

    private void Merge(ReadOnlySpan<char> piece, List<int> into)
    {
        var count = Load(piece);
        _candidates.Clear();
        for (var i = 0; i + 1 < count; i++) Propose(i);
        while (_candidates.TryDequeue(out var pair, out _))
        {
            var right = _next[pair.Position];
            // A neighbour may have merged since the pair was proposed.
            if (right < 0 || _ids[pair.Position] != pair.Left || _ids[right] != pair.Right) continue;
            _ids[pair.Position] = _merges[(pair.Left, pair.Right)].Id;
            _ids[right] = -1;
            _next[pair.Position] = _next[right];
            if (_next[right] >= 0) _previous[_next[right]] = pair.Position;
            if (_previous[pair.Position] >= 0) Propose(_previous[pair.Position]);
            Propose(pair.Position);
        }

        for (var i = count > 0 ? 0 : -1; i >= 0; i = _next[i]) into.Add(_ids[i]);
    }

    private int Load(ReadOnlySpan<char> piece)
    {
        var needed = Encoding.UTF8.GetMaxByteCount(piece.Length);
        if (_bytes.Length < needed) _bytes = new byte[needed];
        var count = Encoding.UTF8.GetBytes(piece, _bytes);
        _ids.Clear();
        _next.Clear();
        _previous.Clear();
        for (var i = 0; i < count; i++)
        {
            _ids.Add(_idOfByte[_bytes[i]]);
            _next.Add(i + 1 < count ? i + 1 : -1);
            _previous.Add(i - 1);
        }

        return count;
    }

    private void Propose(int position)
    {
        var right = _next[position];
        if (right >= 0 && _merges.TryGetValue((_ids[position], _ids[right]), out var merge))
        {
            _candidates.Enqueue((position, _ids[position], _ids[right]), ((long)merge.Rank << 32) | (uint)position);
        }
    }
}
