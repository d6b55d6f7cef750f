namespace FastVlm.Video.Cameras;

/// <summary>Paths with all links followed.</summary>
internal static class RealPath
{
    // As the kernel: more is a circle.
    private const int LinksMax = 40;

    /// <summary>The real path of a file under a folder; null where the name is no relative path or leads out of the folder.</summary>
    public static string? Within(string folder, string name)
    {
        if (name.Length == 0 || Path.IsPathRooted(name) || name.Any(char.IsControl) || name.Split('/', '\\').Contains(".."))
        {
            return null;
        }

        return Of(folder) is { } root
            && Of(Path.Combine(root, name)) is { } path
            && path.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                ? path
                : null;
    }

    /// <summary>Null for a circle of links. What does not exist stays as it is written.</summary>
    private static string? Of(string path)
    {
        var rest = new Stack<string>(Parts(Path.GetFullPath(path)).Reverse());
        var real = Path.GetPathRoot(Path.GetFullPath(path))!;
        for (var links = 0; rest.Count > 0;)
        {
            var next = Path.GetFullPath(Path.Combine(real, rest.Pop()));
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > LinksMax)
            {
                return null;
            }

            // The target may itself go through links.
            var full = Path.GetFullPath(target, real);
            foreach (var part in Parts(full).Reverse())
            {
                rest.Push(part);
            }

            real = Path.GetPathRoot(full)!;
        }

        return real;
    }

    private static string[] Parts(string fullPath) =>
        fullPath[Path.GetPathRoot(fullPath)!.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
}
