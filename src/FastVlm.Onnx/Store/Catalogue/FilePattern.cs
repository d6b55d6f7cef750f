using System.IO.Enumeration;

namespace FastVlm.Onnx.Store.Catalogue;

/// <summary>'*' and '?' within one folder: "onnx/vision_encoder*.onnx" matches no file of a sub-folder.</summary>
public static class FilePattern
{
    public static bool Matches(string pattern, string path)
    {
        var patternParts = pattern.Split('/');
        var pathParts = path.Split('/');
        return patternParts.Length == pathParts.Length
            && patternParts.Zip(pathParts).All(pair => FileSystemName.MatchesSimpleExpression(pair.First, pair.Second, ignoreCase: false));
    }
}
