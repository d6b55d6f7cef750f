using System.Globalization;

namespace FastVlm.Cluster.Benchmarks;

/// <summary>The load, equal for both editions.</summary>
internal sealed record BenchOptions(int Cameras, double LooksPerSecond, int Captions, int WarmUpCaptions, int Rules, int Rounds)
{
    public IEnumerable<string> ToArguments() =>
    [
        "--cameras", Text(Cameras), "--looks-per-second", Text(LooksPerSecond), "--captions", Text(Captions), "--warm-up-captions",
        Text(WarmUpCaptions), "--rules", Text(Rules), "--rounds", Text(Rounds),
    ];

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
