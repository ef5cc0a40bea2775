namespace Praetor.Core.State.Catalog;

/// <summary>Node ids are UUIDs (http-agent 5.2).</summary>
public static class NodeIds
{
    private const int UuidChars = 36;

    /// <summary>What is wrong with the id, as clients see it after <c>Bad node ID: </c>; null if it is a UUID.</summary>
    public static string? Error(string id)
    {
        if (id.Length != UuidChars)
            return "uuid string is wrong length";
        for (int i = 0; i < UuidChars; i++)
        {
            bool isDash = i is 8 or 13 or 18 or 23;
            if (isDash ? id[i] != '-' : !char.IsAsciiHexDigit(id[i]))
                return "uuid is improperly formatted";
        }

        return null;
    }
}
