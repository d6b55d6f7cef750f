using System.Globalization;
using System.Text;
using FastVlm.Benchmarks.Measuring;

namespace FastVlm.Cluster.Benchmarks;

/// <summary>Medians and spreads as a Markdown table, and the ratios of the two editions within each round.</summary>
internal static class ClusterReport
{
    public static string Write(IReadOnlyDictionary<Cell, List<CellFigures>> runs)
    {
        var text = new StringBuilder();
        text.AppendLine(Machine.Describe()).AppendLine();
        text.AppendLine("| edition | model | captions/s | CPU µs per caption | database's CPU µs | allocated per caption |");
        text.AppendLine("|---|---|---|---|---|---|");
        foreach (var (cell, figures) in runs)
        {
            text.AppendLine(Text($"| {cell.Name} | {cell.ModelMs:0.#} ms | {Spread(figures, f => f.CaptionsPerSecond)} ")
                + Text($"| {Spread(figures, f => f.ProcessorUs)} | {Spread(figures, f => f.DatabaseUs)} ")
                + Text($"| {Spread(figures, f => f.AllocatedBytes / 1024, "0.0")} KiB |"));
        }

        text.AppendLine().AppendLine("| cluster to embedded | model | captions/s | CPU per caption | allocated |");
        text.AppendLine("|---|---|---|---|---|");
        foreach (var (cell, figures) in runs.Where(run => run.Key.Edition == "cluster"))
        {
            var other = runs[cell with { Edition = "embedded" }];
            text.AppendLine(Text($"| {(cell.OnDisk ? "PostgreSQL to SQLite" : "in memory")} | {cell.ModelMs:0.#} ms ")
                + Text($"| {Ratio(figures, other, f => f.CaptionsPerSecond)} | {Ratio(figures, other, f => f.ProcessorUs)} ")
                + Text($"| {Ratio(figures, other, f => f.AllocatedBytes)} |"));
        }

        return text.ToString();
    }

    private static string Spread(List<CellFigures> figures, Func<CellFigures, double> of, string format = "0") =>
        Between(figures.Select(of), format);

    private static string Ratio(List<CellFigures> cluster, List<CellFigures> embedded, Func<CellFigures, double> of) =>
        Between(cluster.Zip(embedded, (c, e) => of(c) / Math.Max(1e-9, of(e))), "0.00");

    private static string Between(IEnumerable<double> values, string format)
    {
        var sorted = values.Order().ToList();
        string At(int index) => sorted[index].ToString(format, CultureInfo.InvariantCulture);
        return $"{At(sorted.Count / 2)} ({At(0)}–{At(sorted.Count - 1)})";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
