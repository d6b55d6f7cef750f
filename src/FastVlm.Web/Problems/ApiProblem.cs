using System.Text.Json.Serialization;
using FastVlm.Pipeline.Configuration;
using Microsoft.AspNetCore.WebUtilities;

namespace FastVlm.Web.Problems;

/// <summary>Why a request was refused: problem details as in RFC 9457.</summary>
public sealed record ApiProblem
{
    public string Type { get; init; } = "about:blank";

    /// <summary>The status in words.</summary>
    public required string Title { get; init; }

    public required int Status { get; init; }

    /// <summary>One sentence: what is wrong, and the remedy.</summary>
    public required string Detail { get; init; }

    /// <summary>Every fault by the JSON path, or the name of the query parameter, where it stands.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }

    public static ApiProblem Of(int status, string detail) =>
        new() { Title = ReasonPhrases.GetReasonPhrase(status), Status = status, Detail = detail };

    public static ApiProblem Invalid(IReadOnlyList<SpecError> errors) =>
        Of(StatusCodes.Status400BadRequest, errors) with { Title = "The request has faults" };

    /// <summary>The detail is the only fault, or says how many there are.</summary>
    public static ApiProblem Of(int status, IReadOnlyList<SpecError> errors) =>
        Of(status, errors is [var only] ? only.Message : $"There are {errors.Count} faults; 'errors' names each.") with
        {
            Errors = errors.GroupBy(e => e.Path, StringComparer.Ordinal).ToDictionary(
                group => group.Key,
                group => (IReadOnlyList<string>)[.. group.Select(e => e.Hint is null ? e.Message : $"{e.Message} {e.Hint}")]),
        };

    public static ApiProblem NotFound(string what, string id) =>
        Of(StatusCodes.Status404NotFound, $"There is no {what} '{id}'.");
}
