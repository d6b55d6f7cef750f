using System.Data.Common;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;
using FastVlm.Storage.Sqlite;

namespace FastVlm.Storage.Captions;

/// <summary>A caption's row, there and back.</summary>
internal static class CaptionRow
{
    public const string Select = """
        SELECT c.id, camera.text, c.text, prompt.text, model.text, c.reason, c.frame_index, c.captured_at, c.sampled_after,
          c.queued_after, c.started_after, c.encoded_after, c.first_token_after, c.last_token_after, c.matched_after, c.stored_after,
          c.delivered_after, c.frame_age, c.time_to_first_token, c.new_token_count, c.matched_rules, c.answers, c.seq
        """;

    public const string Names = """
        JOIN name camera ON camera.id = c.camera JOIN name prompt ON prompt.id = c.prompt JOIN name model ON model.id = c.model
        """;

    private const string Insert = """
        INSERT INTO caption VALUES (
          (SELECT ifnull(max(seq) + 1, $1) FROM caption WHERE seq >= $1 AND seq < $2), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
          $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
        ON CONFLICT (id) DO NOTHING
        RETURNING seq
        """;

    /// <summary>Stores it, unless it is there already.</summary>
    public static void Write(WriteTransaction transaction, CaptionRecord caption)
    {
        var session = transaction.Session;
        var first = CaptionKey.First(caption.Stamps.CapturedAt);
        var camera = NameId(session, caption.CameraId.Value);
        var captured = caption.Stamps.CapturedAt;
        var stamps = caption.Stamps;
        var seq = session.Number(
            Insert, first, CaptionKey.Next(first), caption.Id.Value, camera, caption.Text, NameId(session, caption.Prompt),
            NameId(session, caption.ModelName), caption.Reason.ToColumn(), caption.FrameIndex, captured.ToTicks(),
            After(stamps.SampledAt), After(stamps.QueuedAt), After(stamps.StartedAt), After(stamps.EncodedAt), After(stamps.FirstTokenAt),
            After(stamps.LastTokenAt), After(stamps.MatchedAt), After(stamps.StoredAt), After(stamps.DeliveredAt),
            caption.FrameAge.Ticks, caption.TimeToFirstToken.Ticks, caption.NewTokenCount,
            caption.MatchedRules.Count > 0 ? StoredJson.Write(caption.MatchedRules) : null,
            caption.Answers.Count > 0 ? StoredJson.Write(caption.Answers) : null);
        if (seq is { } stored)
        {
            transaction.Index(new CaptionWords(stored, caption.Text, camera));
        }

        object? After(DateTimeOffset? time) => (time - captured)?.Ticks;
    }

    public static (CaptionRecord Caption, long Seq) Read(DbDataReader row) => (ReadCaption(row), row.GetInt64(22));

    /// <summary>From the columns of <see cref="Select"/> but for the last.</summary>
    public static CaptionRecord ReadCaption(DbDataReader row)
    {
        var captured = row.Time(7);
        var caption = new CaptionRecord
        {
            Id = new CaptionId(row.GetString(0)),
            CameraId = new CameraId(row.GetString(1)),
            Text = row.GetString(2),
            Prompt = row.GetString(3),
            ModelName = row.GetString(4),
            Reason = StoredEnum.FromColumn<SampleReason>(row.GetString(5)),
            FrameIndex = row.GetInt64(6),
            Stamps = new StageStamps
            {
                CapturedAt = captured,
                SampledAt = After(8),
                QueuedAt = After(9),
                StartedAt = After(10),
                EncodedAt = After(11),
                FirstTokenAt = After(12),
                LastTokenAt = After(13),
                MatchedAt = After(14),
                StoredAt = After(15),
                DeliveredAt = After(16),
            },
            FrameAge = new TimeSpan(row.GetInt64(17)),
            TimeToFirstToken = new TimeSpan(row.GetInt64(18)),
            NewTokenCount = row.GetInt32(19),
        };
        caption = row.TextOrNull(20) is { } rules ? caption with { MatchedRules = StoredJson.Read<IReadOnlyList<RuleId>>(rules) } : caption;
        return row.TextOrNull(21) is { } answers
            ? caption with { Answers = StoredJson.Read<IReadOnlyDictionary<RuleId, double>>(answers) }
            : caption;

        DateTimeOffset? After(int column) => row.NumberOrNull(column) is { } ticks ? captured.AddTicks(ticks) : null;
    }

    private static long NameId(SqlSession session, string text) =>
        session.Number("SELECT id FROM name WHERE text = $1", text)
        ?? session.Number("INSERT INTO name (text) VALUES ($1) RETURNING id", text)!.Value;
}
