"""How each slip is said: one row a misconception of the table (`tutor.marking.misconceptions`)."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.explain.words.array_slip_words import ARRAY_SLIPS, SlipPhrase

SLIPS: Mapping[str, SlipPhrase] = {
    "inner-derivative-forgotten": SlipPhrase(
        "inner derivative forgotten",
        "the derivative of the inner function was forgotten",
        "Look at the chain rule: each function on the way contributes a factor, the inner one too.",
    ),
    "sigmoid-slope-is-output": SlipPhrase(
        "σ′ taken as σ",
        "σ was used where its derivative σ′ belongs",
        "Look at the derivative of the sigmoid: it is made of two factors, and the output is only one of them.",
    ),
    "product-rule-half": SlipPhrase(
        "half of the product rule",
        "only one of the two factors was differentiated",
        "This function is a product, and both of its factors depend on the input: which two terms has the product rule?",
    ),
    "sigmoid-slope-is-complement": SlipPhrase(
        "σ′ taken as 1 − σ",
        "1 − σ was used where the derivative σ′ belongs",
        "Look at the derivative of the sigmoid: it is made of two factors, and 1 minus the output is only one of them.",
    ),
    "sigmoid-slope-of-input": SlipPhrase(
        "σ′ written with the input, z(1 − z)",
        "the derivative of the sigmoid was formed with its input z instead of its output",
        "Look at what stands in the derivative of the sigmoid: is it the value before the activation, or the one after it?",
    ),
    "slope-at-wrong-node": SlipPhrase(
        "derivative taken at another node",
        "the derivative of the activation was taken with the value of another node",
        "Look at which neuron this factor belongs to, and take the value of that neuron.",
    ),
    "tanh-slope-not-squared": SlipPhrase(
        "tanh′ without the square",
        "the square in the derivative of tanh was left out",
        "Look at the derivative of tanh once more: something in it is squared.",
    ),
    "relu-slope-left": SlipPhrase(
        "ReLU′ = 1 left of 0",
        "the slope of the ReLU was taken as 1 where its input is negative",
        "Look at the sign of the ReLU's input, and at how steep the ReLU is there.",
    ),
    "missing-path": SlipPhrase(
        "one path left out",
        "one of the paths to the loss was left out",
        "Look at where this quantity is used: each use is a path, and the paths are added.",
    ),
    "one-use-only": SlipPhrase(
        "only one of its uses counted",
        "only one of the uses of these weights was counted",
        "Look at where these weights are used: at every time, or in several places. The gradient is the sum over all of them.",
    ),
    "paths-multiplied": SlipPhrase(
        "paths multiplied instead of added",
        "the contributions of the paths were multiplied",
        "Look at how several paths are put together: factors along a path are multiplied, and what then?",
    ),
    "sign-of-error": SlipPhrase(
        "sign of the error turned round",
        "the difference between output and target was taken the other way round",
        "Look at the derivative of the loss: which of the two is subtracted from which? An inner derivative decides the sign.",
    ),
    "factor-two-lost": SlipPhrase(
        "the 2 of the square lost",
        "the 2 that comes down from the square was lost",
        "Look at the power rule, and at which factor stands before the square in this loss.",
    ),
    "factor-two-doubled": SlipPhrase(
        "a 2 too many",
        "there is a factor 2 that does not belong there",
        "Look at the factor before the square in this loss: does it cancel the 2 of the power rule?",
    ),
    "half-lost": SlipPhrase(
        "the ½ lost",
        "the ½ was lost",
        "Look at the definition of the loss: which factor stands before the square?",
    ),
    "half-doubled": SlipPhrase(
        "a ½ too many",
        "there is a ½ that does not belong there",
        "Look at the definition of the loss: how often does ½ occur, and what does the power rule make of it?",
    ),
    "sum-for-mean": SlipPhrase(
        "sum for mean",
        "the sum was taken where the mean is asked for",
        "Look at the definition: is there a division by the number of terms?",
    ),
    "mean-for-sum": SlipPhrase(
        "mean for sum",
        "the mean was taken where the sum is asked for",
        "Look at the definition: is anything divided by the number of terms?",
    ),
    "product-partner": SlipPhrase(
        "product rule with the wrong partner",
        "the product was differentiated with the wrong factor left standing",
        "Look at the product: which of its factors stays when you differentiate with respect to the other?",
    ),
    **ARRAY_SLIPS,
    "updated-weight-used": SlipPhrase(
        "already updated weight used",
        "a weight that had already been updated was used for a gradient",
        "Look at the order: all gradients belong to the old weights; the weights are changed together, afterwards.",
    ),
    "step-up": SlipPhrase(
        "step up the gradient",
        "the step went up the gradient instead of down",
        "Look at the sign in the update rule: the loss is to become smaller.",
    ),
    "step-size-forgotten": SlipPhrase(
        "step size forgotten",
        "the gradient was not multiplied by the step size",
        "Look at the update rule: what stands before the gradient?",
    ),
    "bias-as-input": SlipPhrase(
        "bias treated as an input",
        "the bias was multiplied like an input",
        "Look at how the bias enters the weighted sum, and what that makes of its derivative.",
    ),
    "bias-forgotten": SlipPhrase(
        "bias forgotten",
        "the bias was left out of the weighted sum",
        "Look at the weighted sum: is every term in it that the network has?",
    ),
    "degrees-for-radians": SlipPhrase(
        "degrees for radians",
        "the angle was taken in degrees",
        "Look at the setting of your calculator: angles are in radians here.",
    ),
    "log10-for-ln": SlipPhrase(
        "log₁₀ for ln",
        "the logarithm to base 10 was used for the natural one",
        "Look at which logarithm is meant, and at the key of your calculator.",
    ),
    "neighbour": SlipPhrase(
        "a neighbouring quantity answered",
        "this is the value of another quantity than the one asked for",
        "Look at the names once more: which quantity is asked for, and which one did you compute?",
        placed=False,
    ),
    "bias-twice": SlipPhrase(
        "bias added twice",
        "the bias was added twice",
        "Look at the weighted sum: how often does the bias occur in it?",
    ),
    "bias-subtracted": SlipPhrase(
        "bias subtracted",
        "the bias was subtracted instead of added",
        "Look at the sign of the bias in the weighted sum.",
    ),
    "bias-of-another": SlipPhrase(
        "bias of another layer",
        "the bias of another neuron or layer was used",
        "Look at which bias belongs to this neuron.",
    ),
    "factors-swapped": SlipPhrase(
        "weights exchanged",
        "two weights, or two inputs, of a sum were exchanged",
        "Look at which weight belongs to which input.",
    ),
    "weight-forgotten": SlipPhrase(
        "weight left out",
        "an input was added without its weight",
        "Look at the weighted sum: every input is multiplied by its weight first.",
    ),
    "factors-added": SlipPhrase(
        "factors added",
        "factors were added instead of multiplied",
        "Look at what belongs together by multiplication here, and at what is added.",
    ),
    "term-forgotten": SlipPhrase(
        "a term of a sum left out",
        "one term of a sum was left out",
        "Count the terms of the sum: is every one of them there?",
    ),
    "one-term-only": SlipPhrase(
        "one term of a sum only",
        "only one term of a sum was computed",
        "Count the terms of the sum: is every one of them there?",
    ),
    "another-activation": SlipPhrase(
        "another activation applied",
        "another activation function was applied than the one that is given",
        "Look at which activation function this neuron has.",
    ),
    "exponent-sign-lost": SlipPhrase(
        "sign in the exponent lost",
        "the sign in the exponent was lost",
        "Look at the exponent in the definition of the activation: which sign does it have?",
    ),
    "relu-turned-round": SlipPhrase(
        "ReLU turned round",
        "the ReLU was applied the wrong way round",
        "Look at which side of 0 the ReLU lets through.",
    ),
    "error-not-squared": SlipPhrase(
        "error not squared",
        "the error was not squared",
        "Look at the definition of the loss: what is done with the difference?",
    ),
    "squared-after-sum": SlipPhrase(
        "squared after the sum",
        "the errors were added first, and the sum was squared",
        "Look at the order: each error is squared first, and then they are added.",
    ),
    "another-unit": SlipPhrase(
        "value of another unit used",
        "the value of another unit, sample or time step was used",
        "Look at the indices: which unit, which sample does this value belong to?",
    ),
    "wrong-weight": SlipPhrase(
        "another weight used",
        "the weight of another connection was used",
        "Look at which two units this weight connects.",
    ),
    "net-for-output": SlipPhrase(
        "net input for the output",
        "the net input of a neuron was put for its output",
        "Look at what is passed on to the next layer: the value before the activation, or after it?",
    ),
    "input-for-hidden": SlipPhrase(
        "input for a hidden output",
        "an input of the network was put for the output of a hidden neuron",
        "Look at what this weight is multiplied by: what comes from the layer before?",
    ),
    "log-forgotten": SlipPhrase(
        "logarithm left out",
        "the logarithm in the loss was left out",
        "Look at the definition of the loss: what is done with the probability?",
    ),
    "minus-lost-in-loss": SlipPhrase(
        "minus of the loss lost",
        "the minus sign before the logarithm was lost",
        "Look at the sign of the loss: can it be negative?",
    ),
    "second-term-forgotten": SlipPhrase(
        "second term of the loss left out",
        "only the first term of the binary cross-entropy was computed",
        "Look at the definition of the loss: it has a term for each of the two classes.",
    ),
    "softmax-not-normalised": SlipPhrase(
        "softmax not normalised",
        "the exponentials were not divided by their sum",
        "Look at the softmax: do its values add up to 1?",
    ),
    "softmax-without-exp": SlipPhrase(
        "softmax without the exponential",
        "the scores themselves were divided by their sum",
        "Look at the softmax: what is done with the scores before they are divided?",
    ),
    "slope-of-another": SlipPhrase(
        "derivative of another activation",
        "the derivative of another activation function was used",
        "Look at which activation function is differentiated here.",
    ),
    "slope-turned-round": SlipPhrase(
        "sign of the slope turned round",
        "the derivative of the activation has the wrong sign",
        "Look at the derivative of the activation: does it grow or fall?",
    ),
    "slope-at-output": SlipPhrase(
        "slope taken at the output",
        "the derivative of the activation was taken at the output of the neuron",
        "Look at where the derivative is taken: at the net input. If it is written with the output, nothing is applied to that again.",
    ),
    "slope-at-inside": SlipPhrase(
        "outer derivative taken at the inner variable",
        "the derivative of the outer function was taken at the inner variable, not at what the function is applied to",
        "Look at where the derivative of the outer function is taken: at all that this function is applied to.",
    ),
    "sign-inside-slope": SlipPhrase(
        "sign inside a derivative turned round",
        "a sign between two terms of a derivative was turned round",
        "Look at the terms of this derivative: are they added, or is one taken from the other?",
    ),
    "slope-is-function": SlipPhrase(
        "function for its derivative",
        "the function itself was used where its derivative belongs",
        "Look at this factor: is it the function, or its derivative?",
    ),
    "tanh-slope-of-input": SlipPhrase(
        "tanh′ written with the input",
        "the derivative of tanh was formed with its input instead of its output",
        "Look at what stands in the derivative of tanh: is it the value before the activation, or the one after it?",
    ),
    "tanh-slope-square-misplaced": SlipPhrase(
        "square in tanh′ misplaced",
        "the square in the derivative of tanh is at the wrong place",
        "Look at the derivative of tanh: what exactly is squared?",
    ),
    "loss-for-derivative": SlipPhrase(
        "loss for its derivative",
        "the loss itself was used where its derivative belongs",
        "Look at the first factor: the loss has to be differentiated, by the output.",
    ),
    "target-forgotten": SlipPhrase(
        "target left out",
        "the target was left out of the derivative of the loss",
        "Look at the derivative of the loss: output and target both stand in it.",
    ),
    "total-error": SlipPhrase(
        "total error for one output's",
        "the errors of all outputs were used for one of them",
        "Look at which output this is about: only its own error depends on it.",
    ),
    "upstream-forgotten": SlipPhrase(
        "gradient from above left out",
        "the gradient that arrives from above was left out",
        "Look at the chain rule: the local derivative is multiplied by the gradient that arrives.",
    ),
    "paths-subtracted": SlipPhrase(
        "paths subtracted",
        "the contributions of the paths were subtracted",
        "Look at how several paths are put together: they are added.",
    ),
    "path-twice": SlipPhrase(
        "a path counted twice",
        "one of the paths was counted twice",
        "Count the paths to the loss: each is taken once.",
    ),
    "factors-divided": SlipPhrase(
        "divided instead of multiplied",
        "a factor was divided by instead of multiplied",
        "Look at the chain rule: its factors are multiplied.",
    ),
    "rate-in-gradient": SlipPhrase(
        "step size in the gradient",
        "the step size was multiplied into the gradient",
        "Look at what is asked for: the step size belongs to the update, not to the gradient.",
    ),
    "exponent-not-brought-down": SlipPhrase(
        "exponent not brought down",
        "the exponent was not brought down as a factor",
        "Look at the power rule: the exponent becomes a factor.",
    ),
    "exponent-not-lowered": SlipPhrase(
        "exponent not lowered",
        "the exponent was not lowered by 1",
        "Look at the power rule: what happens to the exponent?",
    ),
    "bias-gradient-with-input": SlipPhrase(
        "gradient of a bias with the input",
        "the gradient of the bias was multiplied by an input",
        "Look at how the bias enters the weighted sum: by what is it multiplied there?",
    ),
    "rate-power-of-ten": SlipPhrase(
        "step size wrong by a power of ten",
        "the step size is off by a power of ten",
        "Look at the step size that is given, and at the places after its point.",
    ),
    "old-weight-forgotten": SlipPhrase(
        "old weight left out of the update",
        "only the step was given, without the old weight",
        "Look at the update rule: the step is taken from the old weight.",
    ),
    "update-not-made": SlipPhrase(
        "update not made",
        "this is the old weight, before the update",
        "Look at what is asked for: the weight after the update.",
    ),
    "gradient-for-update": SlipPhrase(
        "gradient for the updated weight",
        "the gradient was given where the updated weight is asked for",
        "Look at the update rule: what is done with the gradient?",
    ),
    "another-start": SlipPhrase(
        "update started from another weight",
        "the update was started from another weight",
        "Look at which weight is updated.",
    ),
    "another-gradient": SlipPhrase(
        "gradient of another weight used",
        "the gradient of another weight was used for the update",
        "Look at which gradient belongs to this weight.",
    ),
    "state-forgotten": SlipPhrase(
        "state of the method forgotten",
        "what the method remembers from the update before was left out",
        "Look at the update rule of the method: what does it keep from one update to the next?",
    ),
    "decay-forgotten": SlipPhrase(
        "decay factor left out",
        "a decay factor of the method was left out",
        "Look at the update rule of the method: the old and the new part each have a factor.",
    ),
    "bias-correction-forgotten": SlipPhrase(
        "bias correction left out",
        "the bias correction of the method was left out",
        "Look at the update rule of the method: the means start from 0, and that is made up for.",
    ),
    "root-forgotten": SlipPhrase(
        "root left out",
        "the square root in the update rule was left out",
        "Look at the update rule of the method: what is done with the mean of squares?",
    ),
    "square-forgotten": SlipPhrase(
        "square of the gradient left out",
        "the gradient was not squared",
        "Look at the update rule of the method: which of its sums is one of squares?",
    ),
    "old-gradient-used": SlipPhrase(
        "old gradient used again",
        "the gradient of the first update was used again",
        "Look at the order: after an update the gradient is computed anew.",
    ),
    "sign-lost": SlipPhrase(
        "a sign lost",
        "a minus sign was lost",
        "Follow the sign through the working, one line after another.",
    ),
    "activation-forgotten": SlipPhrase(
        "activation forgotten",
        "the activation function was not applied",
        "Look at what a neuron does after the weighted sum.",
    ),
}  # fmt: skip
