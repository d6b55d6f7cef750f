using FastVlm.Pipeline.Nodes;

namespace FastVlm.Web.Endpoints;

/// <summary>The machines of the installation.</summary>
internal static class NodeEndpoints
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/nodes", (INodeDirectory nodes) => nodes.List()).WithTags("Platform")
            .Does("listNodes", "The machines of this installation, their roles, devices and load").Answers<NodeReport[]>();
}
