namespace FastVlm.Pipeline.Configuration;

/// <summary>A spec with its stored secrets put back in, and every fault that was found.</summary>
/// <param name="Spec">What would be saved; only to be used without faults.</param>
/// <param name="Errors">Empty where it may be saved.</param>
public sealed record Prepared<TSpec>(TSpec Spec, IReadOnlyList<SpecError> Errors);
