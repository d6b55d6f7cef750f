using FastVlm.Pipeline.Captions;

namespace FastVlm.Storage.Postgres;

/// <summary>How captions are written: all of a group in one statement, those that are there already passed over.</summary>
internal static class CaptionStatement
{
    private const string Sql = """
        INSERT INTO fastvlm.caption (
          id, camera_id, text, prompt, model, reason, frame_index, captured_at, sampled_after, queued_after, started_after,
          encoded_after, first_token_after, last_token_after, matched_after, stored_after, delivered_after, frame_age,
          time_to_first_token, new_token_count, matched_rules, answers, feed_epoch, words)
        SELECT
          c.id, c.camera_id, c.text, c.prompt, c.model, c.reason, c.frame_index, c.captured_at, c.sampled_after, c.queued_after,
          c.started_after, c.encoded_after, c.first_token_after, c.last_token_after, c.matched_after, c.stored_after, c.delivered_after,
          c.frame_age, c.time_to_first_token, c.new_token_count, c.matched_rules, c.answers, c.feed_epoch,
          to_tsvector('fastvlm.words', c.words) || array_to_tsvector(ARRAY[c.camera_word])
        FROM unnest(
          $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[],
          $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[],
          $18::bigint[], $19::bigint[], $20::integer[], $21::text[], $22::text[], $23::bigint[], $24::text[], $25::text[])
          AS c (
            id, camera_id, text, prompt, model, reason, frame_index, captured_at, sampled_after, queued_after, started_after,
            encoded_after, first_token_after, last_token_after, matched_after, stored_after, delivered_after, frame_age,
            time_to_first_token, new_token_count, matched_rules, answers, feed_epoch, words, camera_word)
        ON CONFLICT (id) DO NOTHING
        """;

    /// <param name="entries">Each with a caption.</param>
    public static Statement Insert(JournalEntry[] entries)
    {
        CaptionRecord[] captions = [.. entries.Select(entry => entry.Caption!)];
        return new Statement(
            Sql, Texts(c => c.Id.Value), Texts(c => c.CameraId.Value), Texts(c => c.Text), Texts(c => c.Prompt), Texts(c => c.ModelName),
            Texts(c => c.Reason.ToColumn()), Numbers(c => c.FrameIndex), Numbers(c => c.Stamps.CapturedAt.ToTicks()),
            After(s => s.SampledAt), After(s => s.QueuedAt), After(s => s.StartedAt), After(s => s.EncodedAt), After(s => s.FirstTokenAt),
            After(s => s.LastTokenAt), After(s => s.MatchedAt), After(s => s.StoredAt), After(s => s.DeliveredAt),
            Numbers(c => c.FrameAge.Ticks), Numbers(c => c.TimeToFirstToken.Ticks),
            Array.ConvertAll(captions, c => c.NewTokenCount),
            Texts(c => c.MatchedRules.Count > 0 ? StoredJson.Write(c.MatchedRules) : null),
            Texts(c => c.Answers.Count > 0 ? StoredJson.Write(c.Answers) : null),
            Array.ConvertAll(entries, entry => entry.Fence?.FeedEpoch),
            Array.ConvertAll(entries, entry => entry.Words), Texts(c => PostgresSearchQuery.CameraWord(c.CameraId.Value)));

        string?[] Texts(Func<CaptionRecord, string?> column) => Array.ConvertAll(captions, c => column(c));

        long[] Numbers(Func<CaptionRecord, long> column) => Array.ConvertAll(captions, c => column(c));

        long?[] After(Func<StageStamps, DateTimeOffset?> stamp) =>
            Array.ConvertAll(captions, c => (stamp(c.Stamps) - c.Stamps.CapturedAt)?.Ticks);
    }
}
