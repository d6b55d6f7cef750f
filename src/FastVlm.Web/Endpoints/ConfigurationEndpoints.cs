using System.Text;
using FastVlm.Pipeline.Configuration;
using FastVlm.Web.Files;
using FastVlm.Web.Json;
using FastVlm.Web.Problems;

namespace FastVlm.Web.Endpoints;

/// <summary>The whole configuration as one document, JSON or YAML.</summary>
internal static class ConfigurationEndpoints
{
    private const string Yaml = "application/yaml";

    public static void Map(IEndpointRouteBuilder api)
    {
        var configuration = api.MapGroup("/configuration").WithTags("Configuration");
        configuration.MapGet("", Export)
            .Does("exportConfiguration", "Cameras, rules and webhooks as one document, secrets masked; YAML where Accept names it")
            .Answers<ConfigurationDocument>().AnswersFile(Yaml);
        configuration.MapPut("", ImportAsync)
            .Does("importConfiguration", "Add or replace what a document holds, by name, all or none; JSON or YAML")
            .Accepts<ConfigurationDocument>("application/json", Yaml)
            .Answers<ConfigurationDocument>().Refuses(400, 413, 415, 503);
    }

    private static IResult Export(HttpContext context, IConfigurationDesk desk) =>
        context.Request.Headers.Accept.Any(accept => accept?.Contains("yaml", StringComparison.OrdinalIgnoreCase) == true)
            ? TypedResults.Text(ConfigurationText.Write(desk.Export()), Yaml, Encoding.UTF8)
            : TypedResults.Ok(desk.Export());

    private static async Task<IResult> ImportAsync(HttpContext context, IConfigurationDesk desk)
    {
        var isYaml = context.Request.ContentType?.Contains("yaml", StringComparison.OrdinalIgnoreCase) == true;
        var document = isYaml ? await ReadYamlAsync(context) : await JsonBody.ReadAsync<ConfigurationDocument>(context);
        var change = await desk.ImportAsync(document, EntryOrigin.Api, context.RequestAborted);
        return change.Status == ChangeStatus.Done
            ? TypedResults.Ok(desk.Export())
            : new ProblemResult(ApiProblem.Invalid(change.Errors));
    }

    private static async Task<ConfigurationDocument> ReadYamlAsync(HttpContext context)
    {
        var yaml = YamlText.Parse(Encoding.UTF8.GetString((await JsonBody.ReadBytesAsync(context)).Span));
        var (document, errors) = ConfigurationText.Read(yaml, null);
        return errors.Count == 0
            ? document
            : throw new ProblemException(ApiProblem.Invalid(
                [.. errors.Select(error => error with { Message = $"{error.Message} ({yaml.PlaceOf(error.Path)})" })]));
    }
}
