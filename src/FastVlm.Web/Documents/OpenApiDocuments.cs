using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Web.Endpoints;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace FastVlm.Web.Documents;

/// <summary>Describes the API for programs: what the framework cannot see is added here.</summary>
internal static class OpenApiDocuments
{
    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, context, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "FastVlm Platform",
                Version = "v1",
                Description = "Cameras, rules, incidents and webhooks. Durations are numbers of seconds, times ISO 8601 in UTC. Secrets "
                    + "come back as '***'; sent back as '***' they stay as they are. Live events: the SignalR hub at /hubs/live.",
            };
            document.Servers = [];
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            Describe(schema, context.JsonTypeInfo.Type);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            AddParameters(operation, context.Description.ActionDescriptor.EndpointMetadata);
            return Task.CompletedTask;
        });
    }

    private static void Describe(OpenApiSchema schema, Type type)
    {
        switch (Nullable.GetUnderlyingType(type) ?? type)
        {
            case var t when t.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IIdentifier<>)):
                Become(schema, JsonSchemaType.String, "An id.");
                break;
            case var t when t == typeof(TimeSpan):
                Become(schema, JsonSchemaType.Number, "Seconds.");
                break;
            case var t when t == typeof(CameraUrl):
                Become(schema, JsonSchemaType.String, "An address. Comes back without its secrets; sent back so, it stays as it is.");
                break;
            case var t when t == typeof(SecretText):
                Become(schema, JsonSchemaType.String, "A secret. Comes back as '***'; sent back as '***', it stays as it is.");
                schema.WriteOnly = true;
                break;
        }
    }

    private static void Become(OpenApiSchema schema, JsonSchemaType type, string description)
    {
        var isNullable = schema.Type?.HasFlag(JsonSchemaType.Null) == true;
        schema.Type = isNullable ? type | JsonSchemaType.Null : type;
        schema.Format = null;
        schema.Pattern = null;
        schema.Description ??= description;
    }

    private static void AddParameters(OpenApiOperation operation, IList<object> metadata)
    {
        foreach (var query in metadata.OfType<QueryParameter>())
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = query.Name,
                In = ParameterLocation.Query,
                Description = query.Description,
                Schema = query.Type == "date-time"
                    ? new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" }
                    : new OpenApiSchema { Type = query.Type == "integer" ? JsonSchemaType.Integer : JsonSchemaType.String },
            });
        }

        foreach (var file in metadata.OfType<FileAnswer>())
        {
            operation.Responses ??= [];
            if (!operation.Responses.TryGetValue("200", out var response))
            {
                operation.Responses["200"] = response = new OpenApiResponse { Description = "OK" };
            }

            ((OpenApiResponse)response).Content ??= new Dictionary<string, OpenApiMediaType>();
            var format = file.ContentType.StartsWith("image/", StringComparison.Ordinal) ? "binary" : null;
            response.Content![file.ContentType] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = format },
            };
        }
    }
}
