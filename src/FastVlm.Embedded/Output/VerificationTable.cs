using System.Globalization;
using FastVlm.Export.Verification;
using Spectre.Console;

namespace FastVlm.Embedded.Output;

/// <summary>Shows how far each tensor of an exported model is from its reference.</summary>
internal static class VerificationTable
{
    public static void Write(CommandOutput output, VerificationReport report)
    {
        foreach (var tensor in report.Tensors)
        {
            output.Event(new
            {
                Type = "tensor",
                tensor.Name,
                tensor.MaxAbsolute,
                RelativeError = tensor.Relative,
                tensor.RelativeRms,
                Limit = tensor.Limits.Relative,
                tensor.Passed,
            });
        }

        output.Event(
            new { Type = "verification", report.Passed, Tokens = report.ExpectedTokens.Count, report.MatchedTokens, report.GreedyTokens });
        if (output.Json)
        {
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumn("Tensor");
        foreach (var heading in new[] { "Largest error", "Relative", "Relative RMS", "Limit", "" })
        {
            table.AddColumn(new TableColumn(heading).RightAligned());
        }

        foreach (var tensor in report.Tensors)
        {
            table.AddRow(
                Markup.Escape(tensor.Name),
                Number(tensor.MaxAbsolute),
                Number(tensor.Relative),
                Number(tensor.RelativeRms),
                Number(tensor.Limits.Relative),
                tensor.Passed ? "[green]ok[/]" : "[red]too far[/]");
        }

        output.People.Write(table);
        output.Line(
            $"Greedy tokens: {report.MatchedTokens} of {report.ExpectedTokens.Count} as expected. "
            + (report.Passed ? "Every error is within its limit." : "The model does NOT compute what the reference holds."));
    }

    private static string Number(double value) => value.ToString("0.0e+0", CultureInfo.InvariantCulture);
}
