using Microsoft.Extensions.Logging;
using Praetor.Api.Config;

namespace Praetor.Api.Cli.Agent;

/// <summary>Everything the agent command settled before the process becomes an agent.</summary>
/// <param name="Config">The configuration, node id included.</param>
/// <param name="Level">Lowest level logged.</param>
/// <param name="Warnings">Warnings of the configuration.</param>
/// <param name="Reload">Loads the same sources again.</param>
/// <param name="ConfigPaths">Files and directories among them.</param>
internal sealed record AgentStart(AgentConfig Config, LogLevel Level, IReadOnlyList<string> Warnings, Func<ConfigLoad> Reload, IReadOnlyList<string> ConfigPaths);
