namespace FastVlm.Storage.Sqlite;

/// <summary>One transaction of the writer, in which several changes are made, each of which can be undone alone.</summary>
internal sealed class WriteTransaction(SqlSession session)
{
    private readonly List<CaptionWords> _captions = [];

    public SqlSession Session => session;

    /// <summary>Captions from this key on may not be removed in this transaction: the index does not have them yet.</summary>
    public long OldestUnindexed => _captions.Count > 0 ? _captions.Min(w => w.Seq) : long.MaxValue;

    /// <summary>Adds a caption to the full-text index at the end of the transaction.</summary>
    public void Index(CaptionWords words) => _captions.Add(words);

    /// <returns>What <see cref="Undo"/> goes back to.</returns>
    public int Begin()
    {
        session.Execute("SAVEPOINT change");
        return _captions.Count;
    }

    public void Keep() => session.Execute("RELEASE change");

    public void Undo(int mark)
    {
        session.Execute("ROLLBACK TO change");
        session.Execute("RELEASE change");
        _captions.RemoveRange(mark, _captions.Count - mark);
    }

    /// <summary>In the order of their keys: FTS5 starts a new segment whenever a key is below the one before.</summary>
    public void IndexCaptions()
    {
        foreach (var words in _captions.OrderBy(w => w.Seq))
        {
            session.Execute("INSERT INTO caption_text (rowid, text, camera) VALUES ($1, $2, $3)", words.Seq, words.Text, words.Camera);
        }
    }
}

/// <summary>What the full-text index knows of a caption.</summary>
internal readonly record struct CaptionWords(long Seq, string Text, long Camera);
