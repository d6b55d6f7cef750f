namespace FastVlm.Onnx.Images;

/// <summary>An 8-bit colour.</summary>
internal readonly record struct Level3(int Red, int Green, int Blue);

/// <summary>Where a resampled window goes: one square tile of three float planes, and what a level becomes there.</summary>
internal readonly record struct PlanarTarget
{
    /// <summary>Three planes of <see cref="SidePx"/>².</summary>
    public required Memory<float> Tile { get; init; }

    public required int SidePx { get; init; }

    /// <summary>Where the window's first column and row lie in the tile.</summary>
    public int LeftPx { get; init; }

    public int TopPx { get; init; }

    public required Normalization Normalization { get; init; }

    public Level3 Background { get; init; }

    public Span<float> RowOf(int channel, int row, int width) =>
        Tile.Span.Slice((channel * SidePx + TopPx + row) * SidePx + LeftPx, width);

    public (float Scale, float Offset, int Background) ChannelOf(int channel) =>
        (Normalization.Scale[channel], Normalization.Offset[channel],
            channel switch { 0 => Background.Red, 1 => Background.Green, _ => Background.Blue });
}

/// <summary>value = level × scale + offset, per channel.</summary>
internal sealed record Normalization(float[] Scale, float[] Offset)
{
    public static Normalization From(double rescale, IReadOnlyList<double> mean, IReadOnlyList<double> deviation) => new(
        [.. deviation.Select(d => (float)(rescale / d))],
        [.. mean.Zip(deviation, (m, d) => (float)(-m / d))]);
}
