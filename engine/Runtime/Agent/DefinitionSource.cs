namespace Praetor.Runtime.Agent;

/// <summary>Where a local service or check was defined.</summary>
public enum DefinitionSource
{
    /// <summary>Over HTTP; kept on disk.</summary>
    Api,

    /// <summary>In a configuration file, which stays its only home.</summary>
    File,
}
