using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;

namespace FastVlm.Onnx.Prompts;

/// <summary>Refuses requests that cannot be answered, before anything is computed for them.</summary>
internal static class RequestLimits
{
    // Each beam keeps a copy of the whole past.
    private const int BeamsMax = 16;

    /// <exception cref="FailureException">A value is out of range.</exception>
    public static void Check(GenerationRequest request, ModelParts parts)
    {
        Require(request.MaxNewTokens >= 1, "max new tokens", request.MaxNewTokens, "1 or more");
        Require(request.Temperature >= 0 && double.IsFinite(request.Temperature), "temperature", request.Temperature, "0 (greedy) or more");
        Require(request.TopP is null or (> 0 and <= 1), "top-p", request.TopP, "above 0 and at most 1");
        Require(request.RepetitionPenalty > 0 && double.IsFinite(request.RepetitionPenalty), "repetition penalty",
            request.RepetitionPenalty, "above 0 (1 is off)");
        Require(request.BeamCount is >= 1 and <= BeamsMax, "number of beams", request.BeamCount, $"1 to {BeamsMax}");
        if (request.BeamCount == 1) return;
        Require(request.Temperature == 0, "temperature", request.Temperature, "0 with beam search; use one beam to sample");
        Require(parts.Description.Device == "cpu", "number of beams", request.BeamCount,
            $"1 on {parts.Description.Device}; beam search runs on cpu only");
    }

    /// <exception cref="FailureException">The prompt or a question does not fit the context with one more token.</exception>
    public static void CheckLengths(PromptTokens prompt, IReadOnlyList<PromptTokens> questions, ModelParts parts)
    {
        CheckLength("prompt", prompt, parts);
        for (var i = 0; i < questions.Count; i++) CheckLength($"yes/no question {i + 1}", questions[i], parts);
    }

    private static void CheckLength(string what, PromptTokens prompt, ModelParts parts)
    {
        if (prompt.TokenCount < parts.Decoder.ContextLength) return;
        throw new FailureException(
            FailureKind.PromptTooLong,
            $"The {what} has {prompt.TokenCount} tokens, {prompt.ImageTokenCount} of them the picture's; "
                + $"model '{parts.Description.Name}' has room for {parts.Decoder.ContextLength} with the answer: shorten it.");
    }

    private static void Require(bool holds, string what, object? value, string range)
    {
        if (holds) return;
        throw new FailureException(FailureKind.Usage, string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"The {what} is {value}; it must be {range}."));
    }
}
