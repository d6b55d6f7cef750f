using FastVlm.Embedded.Models;
using FastVlm.Pipeline.Captions;

namespace FastVlm.Embedded.Output;

/// <summary>What one answer was, and what it cost.</summary>
internal static class AnswerReport
{
    public static void Write(CommandOutput output, LoadedModel model, Generation generation)
    {
        var description = model.Description;
        output.Event(new
        {
            Type = "answer",
            generation.Text,
            Tokens = generation.TokenIds,
            generation.FinishReason,
            Statistics = Statistics(generation.Statistics),
            Model = description.Name,
            description.Licence,
            model.LicenceNotice,
            description.Fingerprint,
            description.Device,
        });
        var cost = generation.Statistics;
        output.Remark(
            $"{description.Name} ({description.Licence}) on {description.Device}: first token after "
            + $"{Quantities.Duration(cost.TimeToFirstToken)} "
            +
                $"(picture {Quantities.Duration(cost.Preprocess)}, encoder {Quantities.Duration(cost.Encode)}, prompt of "
                + $"{cost.PromptTokenCount} tokens {Quantities.Duration(cost.Prefill)}), "
            +
                $"{cost.NewTokenCount} tokens at {cost.TokensPerSecond:0.#} per "
                + $"second{(generation.FinishReason == FinishReason.Length ? ", cut at the limit" : "")}.");
    }

    /// <summary>Times in milliseconds, as all JSON lines give them.</summary>
    public static object Statistics(GenerationStatistics statistics) => new
    {
        PreprocessMs = Quantities.Milliseconds(statistics.Preprocess),
        EncodeMs = Quantities.Milliseconds(statistics.Encode),
        PrefillMs = Quantities.Milliseconds(statistics.Prefill),
        TimeToFirstTokenMs = Quantities.Milliseconds(statistics.TimeToFirstToken),
        DecodeMs = Quantities.Milliseconds(statistics.Decode),
        PromptTokens = statistics.PromptTokenCount,
        NewTokens = statistics.NewTokenCount,
        TokensPerSecond = Math.Round(statistics.TokensPerSecond, 1),
    };
}
