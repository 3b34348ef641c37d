using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace SemiDefect.Anomaly.TestSupport;

/// <summary>
/// The public API of an assembly as text: one line per type and member, sorted. Compiler-generated members of records
/// are omitted.
/// </summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Instance
        | BindingFlags.Static
        | BindingFlags.DeclaredOnly;
    private static readonly NullabilityInfoContext Nullability = new();

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Describe(type)).Append('\n');
            foreach (string member
                in type.GetMembers(Declared).Select(Describe).OfType<string>().Distinct().Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Describe(Type type)
    {
        string kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => "struct",
            _ when typeof(Delegate).IsAssignableFrom(type) => "delegate",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        Type[] bases =
        [
            .. type.BaseType is { } parent
                && parent != typeof(object)
                && parent != typeof(ValueType)
                && parent != typeof(Enum)
                ? [parent]
                : Type.EmptyTypes,
            .. type.GetInterfaces()
                .Where(
                    one => one.IsPublic && !one.Name.StartsWith("IEquatable", StringComparison.Ordinal) && !type.IsEnum)
                .OrderBy(one => one.FullName, StringComparer.Ordinal),
        ];
        string list = bases.Length == 0 ? "" : " : " + string.Join(", ", bases.Select(one => Name(one)));
        return $"{kind} {Name(type, qualified: true)}{list}";
    }

    private static string? Describe(MemberInfo member)
    {
        if (member.Name.Contains('<', StringComparison.Ordinal))
        {
            return null;
        }

        switch (member)
        {
            case FieldInfo field when IsVisible(field.Attributes) && !field.IsSpecialName:
                string constant = field.IsLiteral ? " = " + Literal(field.GetRawConstantValue()) : string.Empty;
                return $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{Name(field.FieldType)} "
                    + $"{field.Name}{constant}";
            case PropertyInfo property when IsSeen(property.GetMethod) || IsSeen(property.SetMethod):
                if (property.Name == "EqualityContract")
                {
                    return null;
                }

                string accessors = (IsSeen(property.GetMethod) ? " get;" : "")
                    + (!IsSeen(property.SetMethod) ? "" : IsInit(property.SetMethod!) ? " init;" : " set;");
                string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : string.Empty;
                string propertyType = Name(property.PropertyType, Nullability.Create(property));
                string modifier = Static(property.GetMethod ?? property.SetMethod!);
                return $"{modifier}{required}{propertyType} {property.Name} {{{accessors} }}";
            case EventInfo happening when IsSeen(happening.AddMethod):
                return $"event {Name(happening.EventHandlerType!)} {happening.Name}";
            case ConstructorInfo constructor when IsSeen(constructor) && !constructor.IsStatic:
                bool isCopy = constructor.GetParameters() is [{ } only]
                    && only.ParameterType == constructor.DeclaringType;
                return isCopy ? null : $"{Simple(constructor.DeclaringType!)}({Parameters(constructor)})";
            case MethodInfo method when IsSeen(method)
                && !method.IsSpecialName
                && !method.IsDefined(typeof(CompilerGeneratedAttribute)):
                string generic = method.IsGenericMethod
                    ? $"<{string.Join(", ", method.GetGenericArguments().Select(one => one.Name))}>"
                    : string.Empty;
                return $"{Static(method)}{Name(method.ReturnType, Nullability.Create(method.ReturnParameter))} "
                    + $"{method.Name}{generic}({Parameters(method)})";
            default:
                return null;
        }
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
    {
        string prefix = parameter.IsOut ? "out "
            : parameter.IsIn && parameter.ParameterType.IsByRef ? "in "
            : parameter.ParameterType.IsByRef ? "ref "
            : string.Empty;
        string value = parameter.HasDefaultValue ? " = " + Literal(parameter.DefaultValue) : string.Empty;
        return $"{prefix}{Name(parameter.ParameterType, Nullability.Create(parameter))} {parameter.Name}{value}";
    }));

    private static bool IsSeen(MethodBase? method) =>
        method is not null
            && (method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed));

    private static bool IsVisible(FieldAttributes attributes) =>
        (attributes & FieldAttributes.FieldAccessMask) == FieldAttributes.Public;

    private static bool IsInit(MethodInfo setter) =>
        setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static string Static(MethodBase method) => method.IsStatic ? "static " : string.Empty;

    private static string Literal(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Name(Type type, NullabilityInfo? nullability = null, bool qualified = false)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!, nullability?.ElementType ?? nullability);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        string mark =
            nullability is { ReadState: NullabilityState.Nullable } or { WriteState: NullabilityState.Nullable }
                && !type.IsValueType
                ? "?"
                : string.Empty;
        if (type.IsArray)
        {
            string element = Name(type.GetElementType()!, nullability?.ElementType);
            return $"{element}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        }

        string name = qualified && !type.IsGenericParameter ? $"{type.Namespace}.{Simple(type)}" : Simple(type);
        if (type.IsGenericType)
        {
            NullabilityInfo[]? inner = nullability?.GenericTypeArguments;
            Type[] arguments = type.GetGenericArguments();
            bool isKnown = inner is not null && inner.Length == arguments.Length;
            name += $"<{string.Join(", ", arguments.Select((one, i) => Name(one, isKnown ? inner![i] : null)))}>";
        }

        return name + mark;
    }

    private static string Simple(Type type)
    {
        string own = type.Name.Split('`')[0];
        return type.IsNested && !type.IsGenericParameter ? $"{Simple(type.DeclaringType!)}.{own}" : own;
    }
}
