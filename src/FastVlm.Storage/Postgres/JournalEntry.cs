using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Storage;
using FastVlm.Storage.Incidents;

namespace FastVlm.Storage.Postgres;

/// <summary>
/// An entry as it is to be stored, made by its caller: whatever of it cannot be written as JSON fails there, and the one
/// writer has less to do.
/// </summary>
internal sealed record JournalEntry
{
    public required CaptionRecord? Caption { get; init; }

    /// <summary>Of the caption's text, with spaces between.</summary>
    public required string Words { get; init; }

    public required IReadOnlyList<IncidentRow> Incidents { get; init; }

    public required IReadOnlyList<StoredPicture> Pictures { get; init; }

    public required IReadOnlyList<Delivery> Deliveries { get; init; }

    public required (CameraId Camera, string Json)? State { get; init; }

    public required Fence? Fence { get; init; }

    public long PictureBytes => Pictures.Sum(picture => (long)picture.Jpeg.Length);

    public static JournalEntry Of(StageEntry entry) => new()
    {
        Caption = entry.Caption,
        Words = entry.Caption is { } caption ? SearchWords.Join(caption.Text) : "",
        Incidents = [.. entry.Changes.Select(IncidentRow.From)],
        Pictures =
        [
            .. entry.Changes.SelectMany(change => (change.Evidence?.Pictures ?? []).Select(
                (picture, number) => new StoredPicture(change.Incident.Id, number, picture.Jpeg.ToArray()))),
        ],
        Deliveries = entry.Deliveries,
        State = entry.State is { } state ? (state.CameraId, StoredJson.Write(state)) : null,
        Fence = entry.Fence,
    };

    internal sealed record StoredPicture(IncidentId Incident, int Number, byte[] Jpeg);
}
