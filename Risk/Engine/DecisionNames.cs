namespace Payments.Risk.Engine;

/// <summary>Decisions as the API and the database write them.</summary>
public static class DecisionNames
{
    /// <summary>APPROVE, REVIEW or BLOCK.</summary>
    public static string Name(this Decision decision) => decision switch
    {
        Decision.Block => "BLOCK",
        Decision.Review => "REVIEW",
        _ => "APPROVE",
    };

    /// <summary>The decision of a name.</summary>
    /// <exception cref="FormatException">There is none of it.</exception>
    public static Decision Parse(string name) => name switch
    {
        "APPROVE" => Decision.Approve,
        "REVIEW" => Decision.Review,
        "BLOCK" => Decision.Block,
        _ => throw new FormatException($"There is no decision {name}."),
    };
}
