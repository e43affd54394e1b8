namespace Payments.Risk.Rules;

/// <summary>
/// Reads an expression by recursive descent, one function a level of precedence, and checks its types on the way. Every word is read once, so
/// the time is linear in the length; nesting is bounded, so the stack is too.
/// </summary>
internal sealed class RuleParser
{
    private const int DeepestNesting = 24;
    private const int MostMembers = 100;

    private readonly List<RuleToken> _tokens;
    private readonly RuleVocabulary _vocabulary;
    private readonly SortedDictionary<string, RuleTerm> _used = new(StringComparer.Ordinal);
    private int _at;
    private int _depth;

    public RuleParser(string text, RuleVocabulary vocabulary)
    {
        _tokens = RuleLexer.Read(text);
        _vocabulary = vocabulary;
    }

    private RuleToken Current => _tokens[_at];

    /// <summary>Reads the whole expression.</summary>
    /// <exception cref="RuleExpressionException">It is none.</exception>
    public (ConditionNode Condition, IReadOnlyList<RuleTerm> Terms) Read()
    {
        if (Current.Kind == RuleTokenKind.End) throw Fault("The expression is empty: write a condition, for example amount > 10_000.", Current);
        var condition = Condition(Disjunction());
        if (Current.Kind != RuleTokenKind.End)
        {
            throw Fault(Current.Is(")") ? "This ) closes nothing." : $"The condition ends before {Shown(Current)}: join conditions with and, or.", Current);
        }

        return _used.Count > 0
            ? (condition, [.. _used.Values])
            : throw Fault("The condition looks at nothing of a payment, so it would always say the same: use a feature or an attribute.", condition);
    }

    private RuleNode Disjunction() => Junction("or", needsAll: false, Conjunction);

    private RuleNode Conjunction() => Junction("and", needsAll: true, Negation);

    private RuleNode Junction(string word, bool needsAll, Func<RuleNode> next)
    {
        var first = next();
        if (!Current.Is(word)) return first;
        var parts = new List<ConditionNode> { Condition(first) };
        while (Take(word))
        {
            parts.Add(Condition(next()));
        }

        return new JunctionNode(parts[0].Start, parts[^1].End, needsAll, [.. parts]);
    }

    private RuleNode Negation()
    {
        var start = Current;
        if (!Take("not")) return Comparison();
        Enter(start);
        var part = Condition(Negation());
        _depth--;
        return new NotNode(start.Start, part.End, part);
    }

    private RuleNode Comparison()
    {
        var left = Sum();
        var sign = Current;
        var node = sign switch
        {
            _ when sign.Kind == RuleTokenKind.Symbol && sign.Word is "=" or "!=" or "<" or "<=" or ">" or ">=" => Compare(left, Advance(), Sum()),
            _ when Take("is") => Known(left),
            _ when Take("in") => In(left, isDenied: false),
            _ when Take("between") => Between(left, isDenied: false),
            _ when sign.Is("not") => Denied(left),
            _ => left,
        };
        if (!ReferenceEquals(node, left) && Current.Kind == RuleTokenKind.Symbol && Current.Word is "=" or "!=" or "<" or "<=" or ">" or ">=")
        {
            throw Fault("Comparisons do not follow each other: write x between 1 and 5, or join two with and.", Current);
        }

        return node;
    }

    private RuleNode Denied(RuleNode left)
    {
        Advance();
        return Take("in") ? In(left, isDenied: true)
            : Take("between") ? Between(left, isDenied: true)
            : throw Fault($"After not come in or between here, not {Shown(Current)}.", Current);
    }

    private static ComparisonNode Compare(RuleNode left, RuleToken sign, RuleNode right)
    {
        switch (left, right)
        {
            case (TextNode one, TextNode other):
                if (sign.Word is not ("=" or "!=")) throw Fault("Texts are compared with = and != only.", sign);
                if (one is QuotedNode) (one, other) = (other, one);
                CheckValue(one, other);
                return new TextComparisonNode(left.Start, right.End, sign.Word == "!=", one, other);
            case (ConditionNode, _):
                throw Fault("A condition is not a value that could be compared: leave the comparison out, or write not before it.", left);
            case (_, ConditionNode):
                throw Fault("A condition is not a value that could be compared: leave the comparison out, or write not before it.", right);
            case (TextNode, _):
                throw Fault($"This is {Kind(right)}, but it is compared with a text.", right);
            case (_, TextNode):
                throw Fault($"This is a text, but it is compared with {Kind(left)}.", right);
            default:
                var (first, second) = (Number(left), Number(right));
                return first.IsConstant && !second.IsConstant
                    ? new NumberComparisonNode(left.Start, right.End, RuleOperators.Mirrored(sign.Word), second, first)
                    : new NumberComparisonNode(left.Start, right.End, sign.Word, first, second);
        }
    }

    private KnownNode Known(RuleNode value)
    {
        if (value is ConditionNode) throw Fault("A condition always holds or does not; only a value can be unknown.", value);
        var isDenied = Take("not");
        var word = Current;
        return Take("known") ? new KnownNode(value.Start, word.End, !isDenied, value)
            : Take("unknown") ? new KnownNode(value.Start, word.End, isDenied, value)
            : throw Fault($"After is come known or unknown, not {Shown(word)}; compare values with =.", word);
    }

    private BetweenNode Between(RuleNode value, bool isDenied)
    {
        var number = Number(value);
        var least = Number(Sum());
        if (!Take("and")) throw Fault($"A range is written between 1 and 5; here {Shown(Current)} stands where its and should.", Current);
        var most = Number(Sum());
        if (least is ConstantNode { Number: var low } && most is ConstantNode { Number: var high } && low > high)
        {
            throw new RuleExpressionException("Nothing lies in this range: its first number is the larger one.", least.Start + 1, most.End - least.Start);
        }

        return new(value.Start, most.End, isDenied, number, least, most);
    }

    private ComparisonNode In(RuleNode value, bool isDenied)
    {
        Expect("(", "A list of values begins with (, for example in ('RU', 'KP').");
        var members = new List<RuleNode>();
        do
        {
            if (members.Count == MostMembers) throw Fault($"A list has at most {MostMembers} values; a block list takes any number of customers, merchants and countries.", Current);
            var member = Sum();
            if (member is not (QuotedNode or ConstantNode)) throw Fault("A list has numbers or texts in single quotes only.", member);
            if (member is QuotedNode != value is TextNode) throw Fault($"This is {Kind(member)}, but {Kind(value)} is looked for in the list.", member);
            if (value is TextNode) CheckValue((TextNode)value, (QuotedNode)member);
            members.Add(member);
        }
        while (Take(","));

        var end = Current.End;
        Expect(")", "A list of values ends with ).");
        return value is TextNode text
            ? new TextInNode(value.Start, end, isDenied, text, [.. members.Cast<QuotedNode>().Select(member => member.Text)])
            : new NumberInNode(value.Start, end, isDenied, Number(value), [.. members.Cast<ConstantNode>().Select(member => member.Number)]);
    }

    private RuleNode Sum()
    {
        var left = Product();
        while (Current.Is("+") || Current.Is("-"))
        {
            left = Arithmetic(left, Advance(), Product());
        }

        return left;
    }

    private RuleNode Product()
    {
        var left = Signed();
        while (Current.Is("*") || Current.Is("/"))
        {
            left = Arithmetic(left, Advance(), Signed());
        }

        return left;
    }

    private static NumberNode Arithmetic(RuleNode left, RuleToken sign, RuleNode right)
    {
        var (first, second) = (Number(left), Number(right));
        if (sign.Word == "/" && second is ConstantNode { Number: 0 }) throw Fault("This divides by zero.", right);
        var node = new ArithmeticNode(left.Start, right.End, sign.Word[0], first, second);
        if (!node.IsConstant) return node;
        var value = node.Value(default);
        return double.IsNaN(value) ? throw Fault("This number is too large.", node) : new ConstantNode(node.Start, node.End, value);
    }

    private RuleNode Signed()
    {
        var sign = Current;
        if (!Take("-")) return Primary();
        Enter(sign);
        var number = Number(Signed());
        _depth--;
        return number is ConstantNode constant
            ? new ConstantNode(sign.Start, number.End, -constant.Number)
            : new ArithmeticNode(sign.Start, number.End, '-', new ConstantNode(sign.Start, sign.Start, 0), number);
    }

    private RuleNode Primary()
    {
        var token = Advance();
        switch (token.Kind)
        {
            case RuleTokenKind.Number:
                return new ConstantNode(token.Start, token.End, token.Number);
            case RuleTokenKind.Text:
                return new QuotedNode(token.Start, token.End, token.Word);
            case RuleTokenKind.Name:
                return Term(token);
            case RuleTokenKind.Symbol when token.Word == "(":
                Enter(token);
                var inner = Disjunction();
                _depth--;
                var end = Current.End;
                Expect(")", $"The ( at character {token.Start + 1} is not closed.");
                return inner with { Start = token.Start, End = end };
            default:
                throw Fault(token.Kind == RuleTokenKind.End ? "Something is missing here: a number, a name, a text in single quotes or (." : $"A number, a name, a text in single quotes or ( should stand here, not {Shown(token)}.", token);
        }
    }

    private RuleNode Term(RuleToken token)
    {
        if (_vocabulary.Find(token.Word) is not { } term)
        {
            var nearest = _vocabulary.Nearest(token.Word);
            throw Fault($"There is no feature or attribute {RuleLexer.Shown(token.Word)}{(nearest is null ? "; GET /api/rules/features lists them" : $": is {nearest} meant?")}{(nearest is null ? ", and texts stand between single quotes." : "")}", token);
        }

        _used[term.Name] = term;
        return term switch
        {
            { Attribute: null } => new FeatureNode(token.Start, token.End, term),
            { Type: RuleType.Text } => new AttributeTextNode(token.Start, token.End, term),
            _ => new AttributeNumberNode(token.Start, token.End, term),
        };
    }

    private static ConditionNode Condition(RuleNode node) => node switch
    {
        ConditionNode condition => condition,
        FeatureNode { Type: RuleType.Flag } flag => new FlagNode(flag.Start, flag.End, flag),
        _ => throw Fault($"This is {Kind(node)}, but a condition should stand here: compare it with something.", node),
    };

    private static NumberNode Number(RuleNode node) =>
        node as NumberNode ?? throw Fault($"This is {Kind(node)}, but a number should stand here.", node);

    /// <summary>A text that the other side can never be is a slip of the pen.</summary>
    private static void CheckValue(TextNode side, TextNode other)
    {
        if (side is AttributeTextNode { Term: { Values.Count: > 0 } term } && other is QuotedNode quoted && !term.Values.Contains(quoted.Text, StringComparer.OrdinalIgnoreCase))
        {
            throw Fault($"{term.Name} is never '{RuleLexer.Shown(quoted.Text)}': its values are {string.Join(", ", term.Values)}.", quoted);
        }
    }

    private static string Kind(RuleNode node) => node switch
    {
        ConditionNode => "a condition",
        TextNode => "a text",
        _ => "a number",
    };

    private RuleToken Advance() => Current.Kind == RuleTokenKind.End ? Current : _tokens[_at++];

    private bool Take(string word)
    {
        if (!Current.Is(word)) return false;
        _at++;
        return true;
    }

    private void Expect(string symbol, string complaint)
    {
        if (!Take(symbol)) throw Fault(complaint, Current);
    }

    private void Enter(RuleToken token)
    {
        if (++_depth > DeepestNesting) throw Fault($"The expression is nested more than {DeepestNesting} deep: make two rules of it.", token);
    }

    private static string Shown(RuleToken token) => token.Kind == RuleTokenKind.End ? "the end" : $"'{RuleLexer.Shown(token.Word)}'";

    private static RuleExpressionException Fault(string message, RuleToken token) => RuleLexer.Fault(message, token.Start, token.Length);

    private static RuleExpressionException Fault(string message, RuleNode node) => RuleLexer.Fault(message, node.Start, node.End - node.Start);
}
