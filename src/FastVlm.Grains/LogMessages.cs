using FastVlm.Grains.Members;
using Microsoft.Extensions.Logging;

namespace FastVlm.Grains;

/// <summary>All log messages of this project. Ids: 7100 to 7999; never reused.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(7100, LogLevel.Information, "Node '{Name}' ({Roles}, {Address}) is {State}.")]
    public static partial void MemberChanged(this ILogger logger, string name, SiloState state, string roles, SiloAddress address);
}
