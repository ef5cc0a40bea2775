namespace Praetor.Core.State;

/// <summary>How a command ended. A refusal is an expected answer, not an exception.</summary>
public enum CommandOutcome : byte
{
    /// <summary>Applied (true).</summary>
    Applied,

    /// <summary>Not applied: a check-and-set or lock did not match (false).</summary>
    NotApplied,

    /// <summary>Refused with a text for the client.</summary>
    Refused,
}

/// <summary>Result of one applied command.</summary>
/// <param name="Index">Raft index of the command.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Refusal">Client text when refused, without any prefix.</param>
/// <param name="Payload">What the command gives back beside that; null for most.</param>
public readonly record struct CommandResult(long Index, CommandOutcome Outcome, string? Refusal = null, byte[]? Payload = null)
{
    /// <summary>True when the command was applied.</summary>
    public bool IsApplied => Outcome == CommandOutcome.Applied;
}
