using FastVlm.Pipeline;

namespace FastVlm.Export.Verification;

/// <summary>
/// How far one tensor is from the reference. Relative: the largest difference by the reference's largest magnitude.
/// RelativeRms: root mean square of the differences by that of the reference; two unrelated tensors have 1.4.
/// </summary>
public sealed record TensorError(string Name, double MaxAbsolute, double Relative, double RelativeRms, ErrorLimits Limits)
{
    /// <summary>False also when the computed tensor has a NaN or infinity.</summary>
    public bool Passed => Relative <= Limits.Relative && RelativeRms <= Limits.RelativeRms;
}

/// <summary>What a <see cref="TensorError"/> may be at most.</summary>
public readonly record struct ErrorLimits(double Relative, double RelativeRms)
{
    /// <summary>
    /// fp32: another order of sums, nothing else. The other formats round, by an amount that belongs to the weights:
    /// their limits only tell a rounded model from a broken one, and are about twice what the mini model's random
    /// weights, which quantise badly, were measured at (fp16 0.002, int8 0.03, int4 0.5 RMS).
    /// </summary>
    public static ErrorLimits Of(ModelDtype dtype) => dtype switch
    {
        ModelDtype.Fp32 => new(1e-3, 1e-3),
        ModelDtype.Fp16 => new(0.02, 0.01),
        ModelDtype.Int8 => new(0.2, 0.1),
        _ => new(2, 1),
    };
}

/// <summary>The result of a verification; <see cref="Passed"/> holds all of it together.</summary>
public sealed record VerificationReport(
    ModelDtype Dtype, IReadOnlyList<TensorError> Tensors, IReadOnlyList<long> ExpectedTokens, IReadOnlyList<long> GreedyTokens)
{
    /// <summary>
    /// Expected tensors that the model does not show and that were therefore not compared: the encoder's stages of a
    /// model that was not exported here, or names this verifier does not know.
    /// </summary>
    public required IReadOnlyList<string> Unchecked { get; init; }

    /// <summary>How many tokens from the start are the expected ones.</summary>
    public int MatchedTokens => GreedyTokens.Zip(ExpectedTokens).TakeWhile(p => p.First == p.Second).Count();

    /// <summary>
    /// fp32 must give every expected token. The other formats round their weights, and one changed token changes all
    /// that follow, so for them tokens are reported and only the tensors' loose limits decide. A stage of the encoder
    /// that could not be compared has not passed.
    /// </summary>
    public bool Passed =>
        Tensors.All(t => t.Passed)
        && !Unchecked.Any(ModelVerifier.IsEncoderValue)
        && (Dtype != ModelDtype.Fp32 || MatchedTokens == ExpectedTokens.Count);
}

/// <summary>
/// Runs an exported model in ONNX Runtime on the inputs of an expected.safetensors and compares what comes out: the
/// encoder's stages, the image features, the logits of every prompt position, and greedily chosen tokens.
/// </summary>
public static class ModelVerifier
{
    private static readonly string[] Inputs = ["pixel_values", "prompt_before_image", "prompt_after_image", "greedy_tokens"];

    /// <exception cref="FailureException">
    /// ModelInvalid: a graph is absent or does not load. CheckpointInvalid: the expected file is damaged or lacks a tensor.
    /// A model that computes something else is no exception but a report that has not passed.
    /// </exception>
    public static VerificationReport Verify(
        string modelDirectory, string expectedFile, ModelDtype dtype, CancellationToken cancellationToken)
    {
        using var expected = new ExpectedTensors(expectedFile);
        var errors = new List<TensorError>();
        using (var vision = VisionRun.Open(modelDirectory, dtype))
        {
            foreach (var (name, actual) in vision.Run(expected.Floats("pixel_values"), expected.Names, cancellationToken))
            {
                errors.Add(Compare(name, expected.Floats(name).Values, actual.Values, dtype));
            }
        }

        using var decoder = DecoderRun.Open(modelDirectory, dtype);
        var features = expected.Floats("image_features").FirstOfBatch();
        var prompt = decoder.Embed(expected.Integers("prompt_before_image"), features, expected.Integers("prompt_after_image"));
        var logits = expected.Floats("logits_prefill");
        errors.Add(Compare("logits_prefill", logits.Values, decoder.LogitsOfEveryPosition(prompt, cancellationToken), dtype));
        var whole = decoder.Prefill(prompt);
        errors.Add(Compare(
            "logits_prefill (whole prompt)",
            logits.Values.AsSpan(logits.Values.Length - whole.Length).ToArray(),
            whole,
            dtype));
        var tokens = expected.Integers("greedy_tokens");
        return new VerificationReport(dtype, errors, tokens, decoder.Greedy(prompt, tokens.Length, cancellationToken))
        {
            Unchecked = [.. expected.Names.Except(errors.Select(e => e.Name)).Except(Inputs).Order(StringComparer.Ordinal)],
        };
    }

    internal static bool IsEncoderValue(string name) =>
        name is "stem" or "conv_exp" or "image_features" || name.StartsWith("network.", StringComparison.Ordinal);

    private static TensorError Compare(string name, float[] expected, float[] actual, ModelDtype dtype)
    {
        if (expected.Length != actual.Length)
        {
            throw new FailureException(
                FailureKind.VerificationFailed,
                $"The model gives {actual.Length} values for '{name}' where {expected.Length} are expected.");
        }

        double largest = 0;
        double difference = 0;
        double squares = 0;
        double errorSquares = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i]));

            // Math.Max passes NaN on, so one is never overlooked.
            var error = Math.Abs((double)actual[i] - expected[i]);
            difference = Math.Max(difference, error);
            errorSquares += error * error;
            squares += (double)expected[i] * expected[i];
        }

        return new TensorError(
            name,
            difference,
            difference / Math.Max(largest, double.Epsilon),
            Math.Sqrt(errorSquares / Math.Max(squares, double.Epsilon)),
            ErrorLimits.Of(dtype));
    }
}
