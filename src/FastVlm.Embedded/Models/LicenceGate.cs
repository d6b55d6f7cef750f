using FastVlm.Embedded.Output;
using FastVlm.Pipeline;
using Spectre.Console;

namespace FastVlm.Embedded.Models;

/// <summary>What a user is told of a model's licence before anything of it is installed.</summary>
internal sealed record LicenceTerms
{
    public required string Model { get; init; }

    public required string Licence { get; init; }

    public string? Notice { get; init; }

    /// <summary>The licence in full, where it is known.</summary>
    public string? Text { get; init; }

    public required bool MustAccept { get; init; }
}

/// <summary>Shows a licence and lets nobody past who has not accepted it.</summary>
internal static class LicenceGate
{
    /// <exception cref="FailureException">The licence must be accepted and was not.</exception>
    public static void Pass(LicenceTerms terms, bool accepted, CommandOutput output)
    {
        if (!terms.MustAccept)
        {
            return;
        }

        Show(terms, output);
        if (!accepted)
        {
            throw new FailureException(
                FailureKind.LicenceNotAccepted,
                $"Model '{terms.Model}' is licensed as {terms.Licence}, which must be accepted first; read it (`fastvlm "
                + $"models licence {terms.Model}`) and repeat the command with --accept-licence.");
        }
    }

    private static void Show(LicenceTerms terms, CommandOutput output)
    {
        output.Event(new { Type = "licence", terms.Model, terms.Licence, terms.Notice });
        output.Messages.MarkupLineInterpolated($"[yellow]{terms.Model}: {terms.Licence}[/]");
        if (terms.Notice is not null)
        {
            output.Messages.WriteLine(terms.Notice);
        }

        if (terms.Text is not null)
        {
            output.Messages.WriteLine();
            output.Messages.WriteLine(terms.Text.TrimEnd());
            output.Messages.WriteLine();
        }
    }
}
