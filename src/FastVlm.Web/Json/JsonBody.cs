using System.Text.Json;
using System.Text.Json.Nodes;
using FastVlm.Pipeline.Configuration;
using FastVlm.Web.Problems;

namespace FastVlm.Web.Json;

/// <summary>Reads the bodies of requests. Every fault in one is a problem with JSON paths, never a stack trace.</summary>
internal static class JsonBody
{
    /// <summary>A configuration of 1000 cameras with masks and prompts is below it.</summary>
    public const int BytesMax = 8 * 1024 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <exception cref="ProblemException">The body is no JSON of that form.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context)
    {
        using var document = await ParseAsync(context);
        return Bind<T>(document.RootElement);
    }

    /// <summary>What a merge patch makes of <paramref name="present"/>; secrets that it leaves alone stay masked.</summary>
    /// <exception cref="ProblemException">The patch is no JSON, or what it makes is not of that form.</exception>
    public static T Patch<T>(T present, JsonNode? patch)
    {
        var merged = MergePatch.Apply(JsonSerializer.SerializeToNode(present, WebJson.Options), patch);
        return Bind<T>(JsonSerializer.SerializeToElement(merged));
    }

    public static async Task<JsonNode?> ReadNodeAsync(HttpContext context)
    {
        using var document = await ParseAsync(context);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? JsonObject.Create(document.RootElement.Clone())
            : throw new ProblemException(ApiProblem.Invalid([new SpecError("$", "A patch is an object with the properties to change.")]));
    }

    /// <exception cref="ProblemException">It is not of that form.</exception>
    public static T Bind<T>(JsonElement element)
    {
        var faults = JsonFaults.Find(element, typeof(T), WebJson.Options);
        return faults.Count == 0
            ? element.Deserialize<T>(WebJson.Options)!
            : throw new ProblemException(ApiProblem.Invalid(faults));
    }

    private static async Task<JsonDocument> ParseAsync(HttpContext context)
    {
        RequireJson(context.Request.ContentType);
        var bytes = await ReadBytesAsync(context);
        try
        {
            return JsonDocument.Parse(bytes, Strict);
        }
        catch (JsonException e)
        {
            var place = e.LineNumber is { } line ? $" in line {line + 1}, byte {e.BytePositionInLine + 1}" : "";
            var fault = new SpecError("$", $"The body is no JSON{place}; correct it and send it again.");
            throw new ProblemException(ApiProblem.Invalid([fault]));
        }
    }

    public static async Task<ReadOnlyMemory<byte>> ReadBytesAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        while (await context.Request.Body.ReadAsync(chunk, context.RequestAborted) is > 0 and var count)
        {
            if (buffer.Length + count > BytesMax)
            {
                throw new ProblemException(ApiProblem.Of(
                    StatusCodes.Status413PayloadTooLarge, $"The body is longer than {BytesMax / 1024 / 1024} MiB; send less."));
            }

            buffer.Write(chunk, 0, count);
        }

        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    private static void RequireJson(string? contentType)
    {
        var type = contentType?.Split(';')[0].Trim() ?? "";
        if (!type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            && !type.EndsWith("+json", StringComparison.OrdinalIgnoreCase))
        {
            throw new ProblemException(ApiProblem.Of(
                StatusCodes.Status415UnsupportedMediaType, "The body must be JSON; send it with 'Content-Type: application/json'."));
        }
    }
}
