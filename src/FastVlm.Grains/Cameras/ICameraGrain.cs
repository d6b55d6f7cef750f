using FastVlm.Grains.Wire;

namespace FastVlm.Grains.Cameras;

/// <summary>The address of one camera; its key is the camera's id.</summary>
[Alias("fastvlm.ICameraGrain")]
public interface ICameraGrain : IGrainWithStringKey
{
    /// <summary>The camera is to run: activates the grain where it is not.</summary>
    /// <returns>The node where it runs.</returns>
    [Alias("Start")]
    Task<string> Start();

    /// <summary>The camera is not to run any more. Returns at once; its feed ends with the grain.</summary>
    [Alias("Close")]
    Task Close();

    /// <summary>The camera is to run on another node. Returns at once.</summary>
    [Alias("Move")]
    Task Move(SiloAddress target);

    [Alias("Report")]
    Task<JsonWire> Report();

    /// <summary>The picture of the last caption, or of the given one; null where there is none.</summary>
    [Alias("FindPicture")]
    Task<PictureWire?> FindPicture(string? captionId);

    /// <summary>Starts the connection anew.</summary>
    /// <returns>False: the camera is off.</returns>
    [Alias("Reconnect")]
    Task<bool> Reconnect();

    /// <summary>A file of the camera's live video; null where there is none.</summary>
    [Alias("ReadLiveVideo")]
    Task<LiveVideoWire?> ReadLiveVideo(string fileName, CancellationToken cancellationToken);

    /// <summary>A person acknowledged or judged an incident of the camera being down; it is stored already.</summary>
    [Alias("Annotate")]
    Task Annotate(JsonWire annotated);
}

/// <summary>A captioned picture between nodes.</summary>
[GenerateSerializer, Immutable, Alias("fastvlm.PictureWire")]
public sealed record PictureWire(
    [property: Id(0)] string? CaptionId,
    [property: Id(1)] DateTimeOffset CapturedAt,
    [property: Id(2)] byte[] Jpeg);

/// <summary>A file of live video between nodes, or why there is none now.</summary>
/// <param name="ContentType">Null where it failed.</param>
/// <param name="Content">The whole file.</param>
/// <param name="Failure">One sentence; null where it did not fail.</param>
/// <param name="FailureKind">Its kind.</param>
[GenerateSerializer, Immutable, Alias("fastvlm.LiveVideoWire")]
public sealed record LiveVideoWire(
    [property: Id(0)] string? ContentType,
    [property: Id(1)] byte[] Content,
    [property: Id(2)] string? Failure,
    [property: Id(3)] Pipeline.FailureKind FailureKind);
