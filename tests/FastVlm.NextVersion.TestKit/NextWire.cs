namespace FastVlm.NextVersion.TestKit;

/// <summary>As in the present version, and a text.</summary>
[GenerateSerializer, Immutable, Alias("fastvlm.LoadWire")]
public sealed record LoadWire([property: Id(0)] int Waiting, [property: Id(1)] string? Note);

/// <summary>As in the present version, and a number, which is not null where it is absent.</summary>
[GenerateSerializer, Immutable, Alias("fastvlm.NodeCamerasWire")]
public sealed record NodeCamerasWire(
    [property: Id(0)] string[] Cameras, [property: Id(1)] bool IsDraining, [property: Id(2)] double Weight);

/// <summary>As in the present version, and a member of a type that the present version does not know.</summary>
[GenerateSerializer, Immutable, Alias("fastvlm.PictureWire")]
public sealed record PictureWire(
    [property: Id(0)] string? CaptionId,
    [property: Id(1)] DateTimeOffset CapturedAt,
    [property: Id(2)] byte[] Jpeg,
    [property: Id(3)] PlaceWire? Place);

/// <summary>New in the next version.</summary>
[GenerateSerializer, Immutable, Alias("fastvlm.PlaceWire")]
public sealed record PlaceWire([property: Id(0)] string Hall, [property: Id(1)] int Line);

/// <summary>A value of each type.</summary>
public static class NextSamples
{
    public static IReadOnlyList<object> All { get; } =
    [
        new LoadWire(7, "It is warm."),
        new NodeCamerasWire(["cam_1", "cam_2"], IsDraining: true, Weight: 0.5),
        new PictureWire("cap_1", DateTimeOffset.UnixEpoch, [0xFF, 0xD8, 0xFF, 0xD9], new PlaceWire("Hall 2", 3)),
    ];
}
