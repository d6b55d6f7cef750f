using FastVlm.Pipeline.Configuration;

namespace FastVlm.Storage.Configuration;

/// <summary>A camera, rule or endpoint as it is stored.</summary>
/// <param name="Kind">Which of them.</param>
/// <param name="Id">Its id.</param>
/// <param name="Origin">Who wrote it.</param>
/// <param name="CreatedAt">When it was written first.</param>
/// <param name="UpdatedAt">When it was written last.</param>
/// <param name="Spec">JSON with sealed secrets.</param>
internal sealed record ConfigurationRow(
    string Kind, string Id, EntryOrigin Origin, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string Spec);
