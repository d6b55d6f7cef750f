using System.CommandLine;
using FastVlm.Embedded.Models;

namespace FastVlm.Embedded.Commands;

/// <summary>What <c>models export</c> and <c>models synth</c> have in common.</summary>
internal static class ExportOptionSet
{
    public static Option<string> Out { get; } = new("--out")
    {
        Description = "The model directory to create; must not exist or be empty.",
        HelpName = "DIR",
        Required = true,
    };

    public static Option<string> Dtype { get; } = new Option<string>("--dtype")
    {
        Description = "Precision of the weights.",
        DefaultValueFactory = _ => "fp32",
    }.AcceptOnlyFromAmong(DtypeNames.All);

    public static Option<bool> AllPositionLogits { get; } = new("--all-position-logits")
    {
        Description = "The layout of the public files: logits for every position, every graph complete in itself.",
    };
}
