namespace Praetor.Runtime.Agent;

/// <summary>Where a local service or check was defined. Persisted: values are frozen.</summary>
public enum DefinitionSource : byte
{
    /// <summary>Over HTTP; kept on disk.</summary>
    Api = 0,

    /// <summary>In a configuration file, which stays its only home.</summary>
    File = 1,
}
