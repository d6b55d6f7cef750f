using System.CommandLine;

namespace FastVlm.Silo;

/// <summary>The command line of <c>fastvlm-silo</c>.</summary>
internal static class SiloCommandLine
{
    /// <summary>Without a command it shows what there is.</summary>
    public static Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("One node of a FastVlm cluster. Its roles are configuration: camera, gpu, web.");
        return root.Parse(args is [] ? ["--help"] : args).InvokeAsync();
    }
}
