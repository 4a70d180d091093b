"""The mistakes that students make: true or false about MNIST_SAMPLE."""

from autograder import Mistake, Text

ANSWERS = {
    f"ITEM_{number}": answer
    for number, answer in enumerate([False, True, True, True, False, True, True, False, False, True], start=1)
}


def instead(number):
    """The edit that answers one item the other way."""
    name = f"ITEM_{number}"
    return [(f"{name} = {ANSWERS[name]}\n", f"{name} = {not ANSWERS[name]}\n")]


# Of a statement there is one wrong truth value, so it can have one misconception: "everything true" and the
# like would be the same evidence, and say less about the matter.
MISTAKES = [
    Mistake(
        name="grayscale_channels",
        explanation=Text(
            ko="fastai는 이미지를 RGB로 읽습니다. 흑백으로 저장된 MNIST도 같은 값의 채널 세 개가 되어 X의 shape은 "
            "(64,3,28,28)입니다. reshape(1,3,28,28)이 오류 없이 실행된 것도 X[0]의 원소가 3·28·28개라는 뜻입니다.",
            en="fastai opens pictures as RGB. Grey MNIST pictures become three equal channels, and X has shape "
            "(64,3,28,28). That reshape(1,3,28,28) works also tells that X[0] has 3·28·28 elements.",
        ),
        loses=frozenset({"item_1"}),
        edits=instead(1),
    ),
    Mistake(
        name="two_classes_need_bce",
        explanation=Text(
            ko="클래스가 둘이어도 출력이 둘이고 음수도 있으며 합이 1이 아닙니다. 확률이 아니라 로짓이므로, softmax를 안에서 "
            "취하는 CrossEntropyLoss에 맞습니다. BCELoss라면 0과 1 사이의 출력 하나면 됩니다.",
            en="There are two classes, but also two outputs, one negative, that do not sum to 1: logits and no "
            "probabilities. They fit CrossEntropyLoss, which takes the softmax itself; for BCELoss one output "
            "between 0 and 1 would do.",
        ),
        loses=frozenset({"item_2"}),
        edits=instead(2),
    ),
    Mistake(
        name="thought_trained_from_scratch",
        explanation=Text(
            ko="cnn_learner는 pretrained=True가 기본값이어서 ImageNet으로 학습된 resnet34의 가중치를 불러와 고정하고 "
            "출력층만 새로 붙입니다. fine_tune은 그 출력층부터 학습합니다. 이것이 전이학습입니다.",
            en="cnn_learner has pretrained=True by default: it loads resnet34's weights trained on ImageNet, freezes "
            "them and puts a new head on top, which fine_tune trains first. That is transfer learning.",
        ),
        loses=frozenset({"item_3"}),
        edits=instead(3),
    ),
    Mistake(
        name="thought_on_the_cpu",
        explanation=Text(
            ko="출력의 device가 'cuda:0'입니다. torch는 서로 다른 장치의 텐서를 함께 연산하지 않으므로 모형의 가중치와 "
            "입력 X[0]이 모두 cuda:0에 있었습니다.",
            en="The output has device='cuda:0'. torch does not compute with tensors on different devices, so the "
            "model's weights and its input X[0] were both on cuda:0.",
        ),
        loses=frozenset({"item_4"}),
        edits=instead(4),
    ),
    Mistake(
        name="softmax_picks_the_smaller",
        explanation=Text(
            ko="softmax는 큰 값에 큰 확률을 줍니다. e^3.41은 e^-5.04보다 약 4,700배 크므로 결과는 (0.9998, 0.0002), "
            "즉 [1,0]에 가깝습니다.",
            en="Softmax gives the greater value the greater probability: e^3.41 is about 4,700 times e^-5.04, and "
            "the result is (0.9998, 0.0002), near [1,0].",
        ),
        loses=frozenset({"item_5"}),
        edits=instead(5),
    ),
    Mistake(
        name="bias_not_counted",
        explanation=Text(
            ko="가중치 1개와 편향 1개, 모두 2개입니다. bias=True인 편향도 학습됩니다.",
            en="One weight and one bias make 2. With bias=True the bias is learnt too.",
        ),
        loses=frozenset({"item_6"}),
        edits=instead(6),
    ),
    Mistake(
        name="kernel_miscounted",
        explanation=Text(
            ko="합성곱의 파라미터는 커널뿐입니다. 1·1·2·2=4개이고, 이미지의 어느 위치에서나 같은 커널을 쓰므로 이미지의 "
            "크기와 상관없습니다. Linear도 4·1=4개입니다.",
            en="The parameters of a convolution are its kernel: 1·1·2·2 = 4, whatever the size of the image, as the "
            "same kernel is used everywhere. The Linear layer has 4·1 = 4.",
        ),
        loses=frozenset({"item_7"}),
        edits=instead(7),
    ),
    Mistake(
        name="universal_without_activation",
        explanation=Text(
            ko="두 선형 레이어를 이으면 W2(W1x+b1)+b2, 다시 하나의 직선입니다. K가 아무리 커도 |x|조차 근사하지 못합니다. "
            "근사 정리에는 사이에 relu와 같은 비선형 활성화함수가 필요합니다.",
            en="Two linear layers in a row are W2(W1x+b1)+b2, a straight line again. However great K is, not even "
            "|x| is approximated. The theorem needs a non-linear activation such as relu in between.",
        ),
        loses=frozenset({"item_8"}),
        edits=instead(8),
    ),
    Mistake(
        name="rate_taken_as_kept",
        explanation=Text(
            ko="torch.nn.Dropout(p)의 p는 남기는 비율이 아니라 0으로 만드는 비율입니다. Dropout(0.9)는 90%를 0으로 만들고 "
            "남은 10%를 10배로 키웁니다.",
            en="The p of torch.nn.Dropout(p) is the share set to 0, not the share kept: Dropout(0.9) zeroes 90% and "
            "multiplies the remaining 10% by 10.",
        ),
        loses=frozenset({"item_9"}),
        edits=instead(9),
    ),
    Mistake(
        name="logistic_loss_nonconvex",
        explanation=Text(
            ko="u=w0+w1x라 하면 BCE는 log(1+e^u)−yu이고, 이계도함수 π(1−π)는 음이 아닙니다. u가 (w0,w1)의 일차식이므로 "
            "손실은 볼록합니다. 볼록하지 않은 것은 같은 네트워크에 MSELoss를 쓸 때입니다.",
            en="With u = w0+w1x the BCE is log(1+e^u)−yu, whose second derivative π(1−π) is never negative; as u is "
            "linear in (w0,w1) the loss is convex. It is MSELoss on the same network that is not.",
        ),
        loses=frozenset({"item_10"}),
        edits=instead(10),
    ),
]
